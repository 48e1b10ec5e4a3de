/**
 * One step of each recurrent cell for one row, forward and backward by hand, in float64: the plainest statement of what
 * the kernels must compute. `finite_differences.test.ts` checks the backward halves against the forward ones.
 *
 * D input, U units, G gates. tanh and sigmoid only, as the kernels' fast forms.
 */
import type { Cell } from '../../src/training/ops/recurrent.ts';

/** A weight matrix with the gradient that backward steps add up in it. */
export class Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
  readonly gradient: Float64Array;

  constructor(rows: number, columns: number, data: ArrayLike<number>) {
    this.rows = rows;
    this.columns = columns;
    this.data = Float64Array.from(data);
    this.gradient = new Float64Array(rows * columns);
  }

  /** out += v M, for the columns from `from` up to `to`. */
  apply(v: Float64Array, out: Float64Array, from = 0, to = this.columns): void {
    const { data, columns } = this;
    for (let k = 0; k < this.rows; k++) {
      const at = k * columns;
      const factor = v[k]!;
      for (let j = from; j < to; j++) out[j]! += factor * data[at + j]!;
    }
  }

  /** The backward of `apply`: dv += dOut M^T, and this gradient += v^T dOut. */
  applyBackward(v: Float64Array, dOut: Float64Array, dv: Float64Array, from = 0, to = this.columns): void {
    const { data, gradient, columns } = this;
    for (let k = 0; k < this.rows; k++) {
      const at = k * columns;
      const factor = v[k]!;
      let sum = 0;
      for (let j = from; j < to; j++) {
        sum += dOut[j]! * data[at + j]!;
        gradient[at + j]! += factor * dOut[j]!;
      }
      dv[k]! += sum;
    }
  }
}

export interface Weights {
  kernel: Matrix;
  recurrentKernel: Matrix;
  /** (1, G U), or (2, G U) for GRU with reset_after. */
  bias: Matrix;
  carryKernel: Matrix | null;
  /** GRU. */
  resetAfter: boolean;
  /** BookLSTM. */
  outputSees: 'old' | 'new';
}

/** The values of one step: `h0`, `c0` before it, `h`, `c` after it, and what its backward needs. */
export interface Step {
  x: Float64Array;
  h0: Float64Array;
  c0: Float64Array;
  h: Float64Array;
  c: Float64Array;
  gates: Float64Array;
  /** GRU: the candidate's recurrent product (reset after), or the reset state (reset before). */
  inner: Float64Array;
}

/** Gradients of a step: `h`, `c` come in, `x`, `h0`, `c0` are added to. */
export interface StepGradient {
  x: Float64Array;
  h: Float64Array;
  c: Float64Array;
  h0: Float64Array;
  c0: Float64Array;
}

interface CellSteps {
  forward(weights: Weights, step: Step): void;
  backward(weights: Weights, step: Step, d: StepGradient): void;
}

const ONE = Float64Array.of(1);
const ONE_NONE = Float64Array.of(1, 0);
const NONE_ONE = Float64Array.of(0, 1);
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** One unit's values in four gates of U units each. */
const fourGates = (gates: Float64Array, U: number, j: number): [number, number, number, number] => [
  gates[j]!,
  gates[U + j]!,
  gates[2 * U + j]!,
  gates[3 * U + j]!,
];

/** gates = x W + h0 R + b */
function affine({ kernel, recurrentKernel, bias }: Weights, { x, h0, gates }: Step): void {
  gates.fill(0);
  bias.apply(ONE, gates);
  kernel.apply(x, gates);
  recurrentKernel.apply(h0, gates);
}

function affineBackward(
  { kernel, recurrentKernel, bias }: Weights,
  step: Step,
  dz: Float64Array,
  d: StepGradient,
): void {
  bias.applyBackward(ONE, dz, new Float64Array(1));
  kernel.applyBackward(step.x, dz, d.x);
  recurrentKernel.applyBackward(step.h0, dz, d.h0);
}

const simpleRnn: CellSteps = {
  forward(weights, step) {
    affine(weights, step);
    step.gates.forEach((z, j) => (step.h[j] = Math.tanh(z)));
  },
  backward(weights, step, d) {
    affineBackward(
      weights,
      step,
      d.h.map((dh, j) => dh * (1 - step.h[j]! ** 2)),
      d,
    );
  },
};

/** Gates i, f, g, o. */
const lstm: CellSteps = {
  forward(weights, step) {
    affine(weights, step);
    const U = step.h.length;
    step.gates.forEach((z, j) => (step.gates[j] = Math.floor(j / U) === 2 ? Math.tanh(z) : sigmoid(z)));
    for (let j = 0; j < U; j++) {
      const [i, f, g, o] = fourGates(step.gates, U, j);
      step.c[j] = f * step.c0[j]! + i * g;
      step.h[j] = o * Math.tanh(step.c[j]!);
    }
  },
  backward(weights, step, d) {
    const U = step.h.length;
    const dz = new Float64Array(4 * U);
    for (let j = 0; j < U; j++) {
      const [i, f, g, o] = fourGates(step.gates, U, j);
      const tanhC = Math.tanh(step.c[j]!);
      const dc = d.c[j]! + d.h[j]! * o * (1 - tanhC ** 2);
      dz[j] = dc * g * i * (1 - i);
      dz[U + j] = dc * step.c0[j]! * f * (1 - f);
      dz[2 * U + j] = dc * i * (1 - g ** 2);
      dz[3 * U + j] = d.h[j]! * tanhC * o * (1 - o);
      d.c0[j]! += dc * f;
    }
    affineBackward(weights, step, dz, d);
  },
};

/** Gates i, f, k, o; o is tanh of its own sum, which sees the carry. */
const bookLstm: CellSteps = {
  forward(weights, step) {
    affine(weights, step);
    const U = step.h.length;
    const { gates } = step;
    for (let j = 0; j < U; j++) {
      gates[j] = sigmoid(gates[j]!);
      gates[U + j] = sigmoid(gates[U + j]!);
      gates[2 * U + j] = Math.tanh(gates[2 * U + j]!);
      step.c[j] = gates[j]! * gates[2 * U + j]! + step.c0[j]! * gates[U + j]!;
    }
    const output = gates.subarray(3 * U);
    weights.carryKernel!.apply(weights.outputSees === 'new' ? step.c : step.c0, output);
    output.forEach((z, j) => (step.h[j] = Math.tanh(z)));
  },
  backward(weights, step, d) {
    const U = step.h.length;
    const dz = new Float64Array(4 * U);
    const dOutput = dz.subarray(3 * U);
    d.h.forEach((dh, j) => (dOutput[j] = dh * (1 - step.h[j]! ** 2)));
    const dc = d.c.slice();
    const [seen, dSeen] = weights.outputSees === 'new' ? [step.c, dc] : [step.c0, d.c0];
    weights.carryKernel!.applyBackward(seen, dOutput, dSeen);
    for (let j = 0; j < U; j++) {
      const [i, f, k] = fourGates(step.gates, U, j);
      dz[j] = dc[j]! * k * i * (1 - i);
      dz[U + j] = dc[j]! * step.c0[j]! * f * (1 - f);
      dz[2 * U + j] = dc[j]! * i * (1 - k ** 2);
      d.c0[j]! += dc[j]! * f;
    }
    affineBackward(weights, step, dz, d);
  },
};

/** Gates z, r, g; h = z h0 + (1 - z) g. */
const gru: CellSteps = {
  forward(weights, step) {
    const U = step.h.length;
    const { gates, inner, h0 } = step;
    const { recurrentKernel: R, resetAfter } = weights;
    const state = new Float64Array(3 * U);
    gates.fill(0);
    weights.bias.apply(resetAfter ? ONE_NONE : ONE, gates);
    weights.kernel.apply(step.x, gates);
    if (resetAfter) weights.bias.apply(NONE_ONE, state);
    R.apply(h0, state, 0, resetAfter ? 3 * U : 2 * U);
    for (let j = 0; j < 2 * U; j++) gates[j] = sigmoid(gates[j]! + state[j]!);
    for (let j = 0; j < U; j++) inner[j] = resetAfter ? state[2 * U + j]! : gates[U + j]! * h0[j]!;
    if (!resetAfter) R.apply(inner, gates, 2 * U, 3 * U);
    for (let j = 0; j < U; j++) {
      const g = Math.tanh(gates[2 * U + j]! + (resetAfter ? gates[U + j]! * inner[j]! : 0));
      gates[2 * U + j] = g;
      step.h[j] = gates[j]! * h0[j]! + (1 - gates[j]!) * g;
    }
  },
  backward(weights, step, d) {
    const U = step.h.length;
    const { gates, inner, h0 } = step;
    const { recurrentKernel: R, bias, resetAfter } = weights;
    const dInput = new Float64Array(3 * U);
    for (let j = 0; j < U; j++) {
      const [z, g] = [gates[j]!, gates[2 * U + j]!];
      dInput[j] = d.h[j]! * (h0[j]! - g) * z * (1 - z);
      dInput[2 * U + j] = d.h[j]! * (1 - z) * (1 - g ** 2);
      d.h0[j]! += d.h[j]! * z;
    }
    const dInner = new Float64Array(U);
    if (resetAfter) dInner.forEach((_, j) => (dInner[j] = dInput[2 * U + j]! * gates[U + j]!));
    else R.applyBackward(inner, dInput, dInner, 2 * U, 3 * U);
    for (let j = 0; j < U; j++) {
      const r = gates[U + j]!;
      const dr = resetAfter ? dInput[2 * U + j]! * inner[j]! : dInner[j]! * h0[j]!;
      dInput[U + j] = dr * r * (1 - r);
      if (!resetAfter) d.h0[j]! += dInner[j]! * r;
    }
    const dState = dInput.slice();
    if (resetAfter) dState.set(dInner, 2 * U);
    R.applyBackward(h0, dState, d.h0, 0, resetAfter ? 3 * U : 2 * U);
    weights.kernel.applyBackward(step.x, dInput, d.x);
    bias.applyBackward(resetAfter ? ONE_NONE : ONE, dInput, new Float64Array(2));
    if (resetAfter) bias.applyBackward(NONE_ONE, dState, new Float64Array(2));
  },
};

export const CELL_STEPS: Readonly<Record<Cell, CellSteps>> = {
  SimpleRNN: simpleRnn,
  LSTM: lstm,
  GRU: gru,
  BookLSTM: bookLstm,
};
