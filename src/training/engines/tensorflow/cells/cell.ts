/**
 * One time step of a cell in TensorFlow's operations, with its gradient written out; the equations are those of ops/cells.ts.
 *
 * B batch, U units, G gates. `x` is the projected input x_t W + b of shape (B, G U); a state is [h] or [h, c], each (B, U).
 */
import type { RecurrentAttributes } from '../../../ops/recurrent.ts';
import type { Eager, Handle } from '../eager.ts';

export interface CellWeights {
  /** R, (U, G U). */
  recurrentKernel: Handle;
  /** GRU with reset_after: the recurrent bias, (3 U). */
  recurrentBias: Handle | null;
  /** BookLSTM: V_o, (U, U). */
  carryKernel: Handle | null;
}

/** Pairs of a step whose product, summed over the steps, is the gradient of a weight: left^T right. */
export type Products = Readonly<Record<string, [left: Handle, right: Handle]>>;

export interface StepGradient {
  /** Of the projected input, (B, G U). */
  dx: Handle;
  /** Of what GRU's recurrent bias is added to, where that is not dx, (B, G U). */
  dRecurrent?: Handle;
  dState: Handle[];
  products: Products;
}

export interface StepCell {
  /** `saved` is what the gradient needs, besides the state before the step. */
  forward(x: Handle, state: readonly Handle[]): { state: Handle[]; saved: Handle[] };
  backward(dState: readonly Handle[], state: readonly Handle[], saved: readonly Handle[]): StepGradient;
  /** The gradients of the weights, from the sums of products by name. */
  weightGradients(sums: Readonly<Record<string, Handle>>): { recurrentKernel: Handle; carryKernel?: Handle };
}

export type MakeCell = (eager: Eager, attributes: RecurrentAttributes, weights: CellWeights) => StepCell;

/** An activation, and its gradient from its own value. */
interface Activation {
  of(x: Handle): Handle;
  gradient(y: Handle, dy: Handle): Handle;
}

const OPERATIONS: Readonly<Record<string, [forward: string, gradient: string]>> = {
  tanh: ['Tanh', 'TanhGrad'],
  sigmoid: ['Sigmoid', 'SigmoidGrad'],
};

/** The activations these cells know; layers with others take the reference op. */
export const isKnownActivation = (name: string): boolean =>
  name in OPERATIONS || name === 'relu' || name === 'linear';

export function activation(eager: Eager, name: string): Activation {
  if (name === 'linear') return { of: (x) => x, gradient: (_, dy) => dy };
  if (name === 'relu')
    return { of: (x) => eager.op('Relu', [x]), gradient: (y, dy) => eager.op('ReluGrad', [dy, y]) };
  const [forward, gradient] = OPERATIONS[name]!;
  return { of: (x) => eager.op(forward, [x]), gradient: (y, dy) => eager.op(gradient, [y, dy]) };
}
