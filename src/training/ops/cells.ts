/**
 * One time step of each recurrent cell, written like its equations (Keras: layers/rnn/{simple_rnn,lstm,gru}.py).
 *
 * B batch, U units, G gates. `x` is the projected input x_t W + b of shape (B, G U); a state is [h] or [h, c], each (B, U).
 */
import * as tf from '@tensorflow/tfjs-core';
import { activationFunction } from './activations.ts';
import type { Cell, RecurrentAttributes, RecurrentInputs } from './recurrent.ts';

export type State = tf.Tensor2D[];
export type Step = (x: tf.Tensor2D, state: State) => State;

export interface CellWeights {
  /** R, (U, G U). */
  recurrentKernel: tf.Tensor2D;
  /** GRU with reset_after: the recurrent bias, (3 U). */
  recurrentBias: tf.Tensor1D | null;
  /** BookLSTM: V_o, (U, U). */
  carryKernel: tf.Tensor2D | null;
  /** Recurrent dropout: factors (B, U) on the h that enters R, the same at every step; null: none. */
  stateDropout: tf.Tensor2D | null;
}

export const GATES: Readonly<Record<Cell, number>> = { SimpleRNN: 1, LSTM: 4, GRU: 3, BookLSTM: 4 };
/** How many (B, U) tensors a cell hands from step to step; h, the output, is the first. */
export const STATES: Readonly<Record<Cell, number>> = { SimpleRNN: 1, LSTM: 2, GRU: 1, BookLSTM: 2 };

const split = (z: tf.Tensor2D, parts: number): tf.Tensor2D[] => tf.split(z, parts, 1);
const columns = (matrix: tf.Tensor2D, from: number, count: number): tf.Tensor2D =>
  tf.slice(matrix, [0, from], [matrix.shape[0], count]);

/** The step of the cell the attributes name. */
export function cellStep(attributes: RecurrentAttributes, weights: CellWeights): Step {
  return CELL_STEPS[attributes.cell](attributes, weights);
}

/** The h that enters the recurrent product. */
const dropped = (h: tf.Tensor2D, { stateDropout }: CellWeights): tf.Tensor2D =>
  stateDropout ? tf.mul(h, stateDropout) : h;

/** h_t = act(x_t W + b + h_(t-1) R). */
function simpleStep(attributes: RecurrentAttributes, weights: CellWeights): Step {
  const act = activationFunction(attributes.activation);
  const R = weights.recurrentKernel;
  return (x, [h]) => [act(tf.add(x, tf.matMul(dropped(h!, weights), R)))];
}

/** c_t = f c_(t-1) + i g; h_t = o act(c_t), with z = x_t W + b + h_(t-1) R = [i, f, g, o]. */
function lstmStep(attributes: RecurrentAttributes, weights: CellWeights): Step {
  const act = activationFunction(attributes.activation);
  const gate = activationFunction(attributes.recurrentActivation);
  const R = weights.recurrentKernel;
  return (x, [h, c]) => {
    const [zi, zf, zc, zo] = split(tf.add(x, tf.matMul(dropped(h!, weights), R)), 4) as Quadruple;
    const carry = tf.add(tf.mul(gate(zf), c!), tf.mul(gate(zi), act(zc))) as tf.Tensor2D;
    return [tf.mul(gate(zo), act(carry)), carry];
  };
}

/** h_t = z h_(t-1) + (1 - z) g. The reset gate acts after the recurrent product (cuDNN's form) or before it. */
function gruStep(attributes: RecurrentAttributes, weights: CellWeights): Step {
  const act = activationFunction(attributes.activation);
  const gate = activationFunction(attributes.recurrentActivation);
  const { recurrentKernel: R, recurrentBias } = weights;
  const U = attributes.units;
  const blend = (z: tf.Tensor2D, h: tf.Tensor2D, g: tf.Tensor2D): tf.Tensor2D =>
    tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), g));
  if (attributes.resetAfter) {
    return (x, [h]) => {
      const [xz, xr, xg] = split(x, 3) as Triple;
      const [hz, hr, hg] = split(tf.add(tf.matMul(dropped(h!, weights), R), recurrentBias!), 3) as Triple;
      const g = act(tf.add(xg, tf.mul(gate(tf.add(xr, hr)), hg)));
      return [blend(gate(tf.add(xz, hz)), h!, g as tf.Tensor2D)];
    };
  }
  const gatesR = columns(R, 0, 2 * U);
  const candidateR = columns(R, 2 * U, U);
  return (x, [h]) => {
    const [xz, xr, xg] = split(x, 3) as Triple;
    const previous = dropped(h!, weights);
    const [hz, hr] = split(tf.matMul(previous, gatesR), 2) as [tf.Tensor2D, tf.Tensor2D];
    const reset = gate(tf.add(xr, hr));
    const g = act(tf.add(xg, tf.matMul(tf.mul(reset, previous) as tf.Tensor2D, candidateR)));
    return [blend(gate(tf.add(xz, hz)), h!, g as tf.Tensor2D)];
  };
}

/**
 * The lecture's LSTM: c_t = i k + c_(t-1) f, and the output is computed from the carry, not gated by it:
 * h_t = act(h_(t-1) U_o + x_t W_o + c V_o + b_o), with c the carry before (`old`, the text) or after this step (`new`).
 */
function bookStep(attributes: RecurrentAttributes, weights: CellWeights): Step {
  const act = activationFunction(attributes.activation);
  const gate = activationFunction(attributes.recurrentActivation);
  const { recurrentKernel: R, carryKernel: V } = weights;
  return (x, [h, c]) => {
    const [zi, zf, zk, zo] = split(tf.add(x, tf.matMul(dropped(h!, weights), R)), 4) as Quadruple;
    const carry = tf.add(tf.mul(gate(zi), act(zk)), tf.mul(c!, gate(zf))) as tf.Tensor2D;
    const seen = attributes.outputSees === 'old' ? c! : carry;
    return [act(tf.add(zo, tf.matMul(seen, V!))), carry];
  };
}

type Triple = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
type Quadruple = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];

const CELL_STEPS: Readonly<Record<Cell, (attributes: RecurrentAttributes, weights: CellWeights) => Step>> = {
  SimpleRNN: simpleStep,
  LSTM: lstmStep,
  GRU: gruStep,
  BookLSTM: bookStep,
};

/** The biases of a layer: what is added to x W, and what GRU with reset_after adds to h R. */
export function biases({ bias }: RecurrentInputs): { input: tf.Tensor1D; recurrent: tf.Tensor1D | null } {
  if (bias.rank === 1) return { input: bias as tf.Tensor1D, recurrent: null };
  const [input, recurrent] = tf.unstack(bias) as [tf.Tensor1D, tf.Tensor1D];
  return { input, recurrent };
}
