/** Random recurrent layers to compare implementations on, the same for every run. */
import type { RecurrentAttributes } from '../../src/training/ops/recurrent.ts';
import { GATES } from './float64_loop.ts';
import type { RecurrentProblem } from './float64_loop.ts';

/** Numbers in [0, 1) by the mulberry32 recurrence, from a seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Uniform float32 numbers with the given standard deviation. */
export function randomValues(length: number, spread: number, random: () => number): Float32Array {
  return Float32Array.from({ length }, () => (2 * random() - 1) * Math.sqrt(3) * spread);
}

export interface ProblemShape {
  attributes: Partial<RecurrentAttributes> & Pick<RecurrentAttributes, 'cell' | 'units'>;
  B: number;
  T: number;
  D: number;
  /** How real steps lie in the rows; see `maskValues`. Without it no step is masked. */
  mask?: 'prefix' | 'holes';
  seed?: number;
}

/** Attributes as a layer with Keras's defaults has them. */
export function withDefaults(attributes: ProblemShape['attributes']): RecurrentAttributes {
  return {
    activation: 'tanh',
    recurrentActivation: 'sigmoid',
    returnSequences: false,
    goBackwards: false,
    resetAfter: true,
    outputSees: 'old',
    ...attributes,
  };
}

/** `prefix` masks the beginning of rows (the last row wholly real, the first but for its last step); `holes` any step. */
function maskValues(B: number, T: number, kind: 'prefix' | 'holes', random: () => number): Int32Array {
  const starts = Array.from({ length: B }, (_, row) =>
    row === B - 1 ? 0 : row === 0 ? T - 1 : Math.floor(random() * T),
  );
  return Int32Array.from({ length: B * T }, (_, at) => {
    if (kind === 'holes') return random() < 0.4 ? 0 : 1;
    return at % T >= starts[Math.floor(at / T)]! ? 1 : 0;
  });
}

/** A layer whose weights have the size that Keras's initialisers give, with biases that are not zero. */
export function randomProblem(shape: ProblemShape): RecurrentProblem {
  const { B, T, D, seed = 1 } = shape;
  const attributes = withDefaults(shape.attributes);
  const { cell, units: U, resetAfter } = attributes;
  const random = randomNumbers(seed);
  const width = GATES[cell] * U;
  // The book's carry feeds the output without a gate: at full size its rounding errors grow from step to step.
  const gain = cell === 'BookLSTM' ? 0.5 : 1;
  return {
    attributes,
    B,
    T,
    D,
    x: randomValues(B * T * D, 1, random),
    kernel: randomValues(D * width, Math.sqrt(1 / (D + U)), random),
    recurrentKernel: randomValues(U * width, gain * Math.sqrt(1 / U), random),
    bias: randomValues((cell === 'GRU' && resetAfter ? 2 : 1) * width, 0.2, random),
    carryKernel: cell === 'BookLSTM' ? randomValues(U * U, gain * Math.sqrt(1 / U), random) : null,
    mask: shape.mask ? maskValues(B, T, shape.mask, random) : null,
  };
}

/** A random gradient of the layer's output, with a mean, so that sums over many rows do not cancel to their rounding errors. */
export function randomOutputGradient({ B, T, attributes }: RecurrentProblem, seed = 2): Float32Array {
  const length = B * attributes.units * (attributes.returnSequences ? T : 1);
  return randomValues(length, 1, randomNumbers(seed)).map((value) => value + 0.5);
}
