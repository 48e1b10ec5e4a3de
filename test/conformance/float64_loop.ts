/** A recurrent layer over time in float64, forward and backward, row by row, without any of the kernels' savings. */
import type { Cell, RecurrentAttributes } from '../../src/training/ops/recurrent.ts';
import { CELL_STEPS, Matrix } from './float64_cells.ts';
import type { Step, StepGradient, Weights } from './float64_cells.ts';

type Numbers = ArrayLike<number>;
type States = [Float64Array, Float64Array];

/** Letters: B batch, T time, D input, U units, G gates. */
export interface RecurrentProblem {
  attributes: RecurrentAttributes;
  B: number;
  T: number;
  D: number;
  /** (B, T, D). */
  x: Numbers;
  /** (D, G U). */
  kernel: Numbers;
  /** (U, G U). */
  recurrentKernel: Numbers;
  /** (G U) or (2, G U). */
  bias: Numbers;
  /** (U, U), BookLSTM only. */
  carryKernel: Numbers | null;
  /** (B, T), not zero where the step is real; null: all are. */
  mask: Numbers | null;
}

/** Gradients by the input's name; `carryKernel` is null for cells without one. */
export interface RecurrentGradients {
  x: Float64Array;
  kernel: Float64Array;
  recurrentKernel: Float64Array;
  bias: Float64Array;
  carryKernel: Float64Array | null;
}

export const GATES: Readonly<Record<Cell, number>> = { SimpleRNN: 1, LSTM: 4, GRU: 3, BookLSTM: 4 };

function weightsOf({ attributes, D, kernel, recurrentKernel, bias, carryKernel }: RecurrentProblem): Weights {
  const { cell, units: U, resetAfter, outputSees } = attributes;
  const width = GATES[cell] * U;
  return {
    kernel: new Matrix(D, width, kernel),
    recurrentKernel: new Matrix(U, width, recurrentKernel),
    bias: new Matrix(bias.length / width, width, bias),
    carryKernel: carryKernel && new Matrix(U, U, carryKernel),
    resetAfter,
    outputSees,
  };
}

const orderOfTime = (T: number, backwards: boolean): number[] =>
  Array.from({ length: T }, (_, t) => (backwards ? T - 1 - t : t));

/** The steps of one row in the order computed; null where masked. */
function rowForward(
  problem: RecurrentProblem,
  weights: Weights,
  row: number,
  output: Float64Array,
): (Step | null)[] {
  const { T, D, x, mask, attributes } = problem;
  const U = attributes.units;
  let [h, c]: States = [new Float64Array(U), new Float64Array(U)];
  return orderOfTime(T, attributes.goBackwards).map((t, k) => {
    const at = row * T + t;
    let step: Step | null = null;
    if (!mask || mask[at]) {
      const input = Float64Array.from({ length: D }, (_, d) => x[at * D + d]!);
      const empty = () => new Float64Array(U);
      step = {
        x: input,
        h0: h,
        c0: c,
        h: empty(),
        c: empty(),
        gates: new Float64Array(weights.kernel.columns),
        inner: empty(),
      };
      CELL_STEPS[attributes.cell].forward(weights, step);
      ({ h, c } = step);
    }
    if (attributes.returnSequences) output.set(h, (row * T + k) * U);
    else if (k === T - 1) output.set(h, row * U);
    return step;
  });
}

function rowBackward(
  problem: RecurrentProblem,
  weights: Weights,
  row: number,
  steps: (Step | null)[],
  dOutput: Numbers,
  dX: Float64Array,
): void {
  const { T, D, attributes } = problem;
  const U = attributes.units;
  const order = orderOfTime(T, attributes.goBackwards);
  let [h, c]: States = [new Float64Array(U), new Float64Array(U)];
  for (let k = T - 1; k >= 0; k--) {
    const from = attributes.returnSequences ? (row * T + k) * U : k === T - 1 ? row * U : -1;
    if (from >= 0) h.forEach((_, j) => (h[j]! += dOutput[from + j]!));
    const step = steps[k];
    if (!step) continue;
    const at = (row * T + order[k]!) * D;
    const d: StepGradient = {
      x: dX.subarray(at, at + D),
      h,
      c,
      h0: new Float64Array(U),
      c0: new Float64Array(U),
    };
    CELL_STEPS[attributes.cell].backward(weights, step, d);
    [h, c] = [d.h0, d.c0];
  }
}

/** The layer's output: (B, T, U) with returnSequences, in the order computed, else (B, U). */
export function recurrentForward(problem: RecurrentProblem): Float64Array {
  const weights = weightsOf(problem);
  const output = outputOf(problem);
  for (let row = 0; row < problem.B; row++) rowForward(problem, weights, row, output);
  return output;
}

/** Output and the gradients of sum(output * dOutput). */
export function recurrentLoop(
  problem: RecurrentProblem,
  dOutput: Numbers,
): { output: Float64Array; gradients: RecurrentGradients } {
  const weights = weightsOf(problem);
  const output = outputOf(problem);
  const x = new Float64Array(problem.B * problem.T * problem.D);
  for (let row = 0; row < problem.B; row++) {
    const steps = rowForward(problem, weights, row, output);
    rowBackward(problem, weights, row, steps, dOutput, x);
  }
  const { kernel, recurrentKernel, bias, carryKernel } = weights;
  const gradients = {
    x,
    kernel: kernel.gradient,
    recurrentKernel: recurrentKernel.gradient,
    bias: bias.gradient,
    carryKernel: carryKernel?.gradient ?? null,
  };
  return { output, gradients };
}

function outputOf({ B, T, attributes }: RecurrentProblem): Float64Array {
  return new Float64Array(B * attributes.units * (attributes.returnSequences ? T : 1));
}
