/**
 * A recurrent layer step by step, for every cell and mask. What need not wait for the step before is done for all steps at once:
 * projecting the inputs, and summing the gradients of the weights.
 */
import { GATES, STATES } from '../../ops/cells.ts';
import type { Cell } from '../../ops/recurrent.ts';
import { bookLstmCell } from './cells/book-lstm.ts';
import type { MakeCell, StepCell, StepGradient } from './cells/cell.ts';
import { gruCell } from './cells/gru.ts';
import { lstmCell } from './cells/lstm.ts';
import { simpleRnnCell } from './cells/simple-rnn.ts';
import type { Eager, Handle } from './eager.ts';
import type { LayerGradients, LayerInputs, LayerPass, StepMask } from './layer-pass.ts';

const CELLS: Readonly<Record<Cell, MakeCell>> = {
  SimpleRNN: simpleRnnCell,
  LSTM: lstmCell,
  GRU: gruCell,
  BookLSTM: bookLstmCell,
};

/** A step as it was done: the state before it, and what its cell saved. */
interface Step {
  before: readonly Handle[];
  saved: readonly Handle[];
  mask: StepMask;
}

interface Walk {
  cell: StepCell;
  steps: Step[];
  /** Zeros (B, U) and (B, G U). */
  noState: Handle;
  noInput: Handle;
}

export function stepByStep(eager: Eager, layer: LayerInputs): LayerPass {
  const { attributes, B, T } = layer;
  const U = attributes.units;
  const { input, recurrentBias } = biases(eager, layer);
  const cell = CELLS[attributes.cell](eager, attributes, { ...layer, recurrentBias });
  const noState = eager.zeros([B, U]);
  const noInput = eager.zeros([B, GATES[attributes.cell] * U]);
  const projected = project(eager, layer, input);
  const steps: Step[] = [];
  const outputs: Handle[] = [];
  let state: readonly Handle[] = Array.from({ length: STATES[attributes.cell] }, () => noState);
  for (let t = 0; t < T; t++) {
    const mask = layer.mask?.[t] ?? 'all';
    const { next, saved } = stepForward(eager, cell, projected[t]!, { before: state, mask });
    steps.push({ before: state, saved, mask });
    state = next;
    outputs.push(next[0]!);
  }
  eager.drop(projected);
  const walk: Walk = { cell, steps, noState, noInput };
  return {
    output: attributes.returnSequences ? eager.pack(outputs) : eager.op('Identity', [state[0]!]),
    backward: (dOutput) => walkBack(eager, layer, walk, dOutput),
  };
}

/** What is added to x W, and what GRU with reset_after adds to h R. */
function biases(
  eager: Eager,
  { attributes, bias }: LayerInputs,
): { input: Handle; recurrentBias: Handle | null } {
  if (!hasTwoBiases(attributes)) return { input: bias, recurrentBias: null };
  const [input, recurrentBias] = eager.unpack(bias, 2);
  return { input: input!, recurrentBias: recurrentBias! };
}

const hasTwoBiases = ({ cell, resetAfter }: LayerInputs['attributes']): boolean =>
  cell === 'GRU' && resetAfter;

/** x W + b of every step, (B, G U) each. */
function project(eager: Eager, { attributes, B, T, D, x, kernel }: LayerInputs, bias: Handle): Handle[] {
  const width = GATES[attributes.cell] * attributes.units;
  return eager.scope(() => {
    const product = eager.add(eager.matMul(eager.reshape(x, [T * B, D]), kernel), bias);
    const steps = eager.unpack(eager.reshape(product, [T, B, width]), T);
    return { result: steps, keep: steps };
  });
}

function stepForward(
  eager: Eager,
  cell: StepCell,
  x: Handle,
  { before, mask }: Omit<Step, 'saved'>,
): { next: readonly Handle[]; saved: readonly Handle[] } {
  if (mask === 'none') return { next: before, saved: [] };
  return eager.scope(() => {
    const { state, saved } = cell.forward(x, before);
    const next = mask === 'all' ? state : state.map((value, i) => eager.choose(mask, value, before[i]!));
    return { result: { next, saved }, keep: [...next, ...saved] };
  });
}

/** Gradients by step, gathered to be summed in one product each. */
interface Gathered {
  dx: Handle[];
  dRecurrent: Handle[];
  products: Record<string, [left: Handle[], right: Handle[]]>;
}

function walkBack(eager: Eager, layer: LayerInputs, walk: Walk, dOutput: Handle): LayerGradients {
  const { attributes, T } = layer;
  const ofSteps = attributes.returnSequences ? eager.unpack(dOutput, T) : null;
  const gathered: Gathered = { dx: [], dRecurrent: [], products: {} };
  let dState: readonly Handle[] = walk.steps[0]!.before.map((_, i) =>
    i === 0 && !ofSteps ? dOutput : walk.noState,
  );
  if (walk.steps.every(({ mask }) => mask === 'none')) return noGradients(eager, layer);
  for (let t = T - 1; t >= 0; t--) {
    const gradient = stepBackward(eager, walk, walk.steps[t]!, dState, ofSteps?.[t] ?? null);
    dState = gradient.dState;
    gathered.dx.unshift(gradient.dx);
    gathered.dRecurrent.unshift(gradient.dRecurrent ?? gradient.dx);
    for (const [name, [left, right]] of Object.entries(gradient.products)) {
      const sides = (gathered.products[name] ??= [[], []]);
      sides[0].push(left);
      sides[1].push(right);
    }
  }
  return sumUp(eager, layer, walk, gathered);
}

/** Where no step of any row was real. */
function noGradients(eager: Eager, { attributes, B, T, D, carryKernel }: LayerInputs): LayerGradients {
  const U = attributes.units;
  const width = GATES[attributes.cell] * U;
  return {
    x: eager.zeros([T, B, D]),
    kernel: eager.zeros([D, width]),
    recurrentKernel: eager.zeros([U, width]),
    bias: eager.zeros(hasTwoBiases(attributes) ? [2, width] : [width]),
    ...(carryKernel !== null && { carryKernel: eager.zeros([U, U]) }),
  };
}

function stepBackward(
  eager: Eager,
  { cell, noState, noInput }: Walk,
  { before, saved, mask }: Step,
  dState: readonly Handle[],
  dStep: Handle | null,
): StepGradient {
  return eager.scope(() => {
    const [dh, ...others] = dState as [Handle, ...Handle[]];
    const arriving = [dStep === null ? dh : eager.add(dh, dStep), ...others];
    if (mask === 'none') {
      const result = { dx: noInput, dState: arriving, products: {} };
      return { result, keep: arriving };
    }
    const isPartial = mask !== 'all';
    const own = isPartial ? arriving.map((value) => eager.choose(mask, value, noState)) : arriving;
    const gradient = cell.backward(own, before, saved);
    const reached = isPartial
      ? gradient.dState.map((value, i) => eager.add(value, eager.choose(mask, noState, arriving[i]!)))
      : gradient.dState;
    const rights = Object.values(gradient.products).flat();
    const keep = [gradient.dx, gradient.dRecurrent ?? gradient.dx, ...reached, ...rights];
    return { result: { ...gradient, dState: reached }, keep };
  });
}

function sumUp(eager: Eager, layer: LayerInputs, walk: Walk, gathered: Gathered): LayerGradients {
  const { attributes, B, T, D, x, kernel } = layer;
  const { recurrentKernel, carryKernel } = walk.cell.weightGradients(sums(eager, gathered.products));
  const dx = eager.concat(gathered.dx, 0);
  const bias = eager.sumRows(dx);
  return {
    x: eager.reshape(eager.matMul(dx, kernel, { b: true }), [T, B, D]),
    kernel: eager.matMul(eager.reshape(x, [T * B, D]), dx, { a: true }),
    recurrentKernel,
    bias: hasTwoBiases(attributes)
      ? eager.pack([bias, eager.sumRows(eager.concat(gathered.dRecurrent, 0))])
      : bias,
    ...(carryKernel !== undefined && { carryKernel }),
  };
}

function sums(eager: Eager, products: Gathered['products']): Record<string, Handle> {
  return Object.fromEntries(
    Object.entries(products).map(([name, [left, right]]) => [
      name,
      eager.matMul(eager.concat(left, 0), eager.concat(right, 0), { a: true }),
    ]),
  );
}
