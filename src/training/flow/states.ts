/**
 * What a recurrent layer holds at every step: its states, and the gates that made them. The states come from the engine's own
 * kernel; the gates follow from them, one product for all steps, since each depends on the state before it alone.
 *
 * Letters: B batch, T time in the order the layer reads it, U units, G gates.
 */
import * as tf from '@tensorflow/tfjs-core';
import { activationFunction } from '../ops/activations.ts';
import { biases } from '../ops/cells.ts';
import { recurrent } from '../ops/recurrent.ts';
import type { Cell, RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
import { numbersOf } from './scope.ts';

/** All (B, T, U), in the order the layer reads time. */
export interface LayerStates {
  h: Float32Array;
  /** By the gate's name. For a masked step: what the gates would be, though the layer keeps its state. */
  gates: Readonly<Record<string, Float32Array>>;
  /** Whether a step is masked, (B, T); null: none is. */
  masked: Uint8Array | null;
}

/** The blocks of z, in Keras's order. */
const BLOCKS: Readonly<Record<Cell, readonly string[]>> = {
  SimpleRNN: [],
  LSTM: ['input', 'forget', 'candidate', 'output'],
  GRU: ['update', 'reset', 'candidate'],
  BookLSTM: ['input', 'forget', 'candidate'],
};

/** The states and gates of a layer on a batch. */
export function layerStates(inputs: RecurrentInputs, attributes: RecurrentAttributes): LayerStates {
  return numbersOf(() => {
    const inTime = (tensor: tf.Tensor): tf.Tensor =>
      attributes.goBackwards ? tf.reverse(tensor, 1) : tensor;
    const h = recurrent(inputs, { ...attributes, returnSequences: true }) as tf.Tensor3D;
    const masked =
      inputs.mask && Uint8Array.from(inTime(inputs.mask).dataSync<'int32'>(), (real) => (real ? 0 : 1));
    const before = tf.slice(tf.pad(h, [[0, 0], [1, 0], [0, 0]]), [0, 0, 0], h.shape); // prettier-ignore
    const gates = gateValues(inTime(inputs.x), before, inputs, attributes);
    const values: Record<string, Float32Array> = {};
    for (const [name, gate] of Object.entries(gates)) values[name] = gate.dataSync<'float32'>().slice();
    const { input, forget, candidate } = values;
    if (input && forget && candidate) values['cell'] = carried({ input, forget, candidate }, h.shape, masked);
    return { h: h.dataSync<'float32'>().slice(), gates: values, masked };
  });
}

/** Gates (B, T, U) from the inputs and the states before each step. */
function gateValues(
  x: tf.Tensor,
  before: tf.Tensor,
  inputs: RecurrentInputs,
  attributes: RecurrentAttributes,
): Record<string, tf.Tensor> {
  const { cell, units: U, resetAfter } = attributes;
  const names = BLOCKS[cell];
  if (names.length === 0) return {};
  const act = activationFunction(attributes.activation);
  const sigmoid = activationFunction(attributes.recurrentActivation);
  const bias = biases(inputs);
  const product = (values: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
    tf.reshape(tf.matMul(tf.reshape(values, [-1, values.shape[2]!]), weights as tf.Tensor2D), [
      ...values.shape.slice(0, 2),
      weights.shape[1]!,
    ]);
  const fromInput = tf.add(product(x, inputs.kernel), bias.input);
  let fromState = product(before, inputs.recurrentKernel);
  if (bias.recurrent) fromState = tf.add(fromState, bias.recurrent);
  const block = (z: tf.Tensor, index: number): tf.Tensor => tf.slice(z, [0, 0, index * U], [-1, -1, U]);
  if (cell !== 'GRU')
    return Object.fromEntries(
      names.map((name, i) => {
        const z = tf.add(block(fromInput, i), block(fromState, i));
        return [name, name === 'candidate' ? act(z) : sigmoid(z)];
      }),
    );
  const update = sigmoid(tf.add(block(fromInput, 0), block(fromState, 0)));
  const reset = sigmoid(tf.add(block(fromInput, 1), block(fromState, 1)));
  const recalled = resetAfter
    ? tf.mul(reset, block(fromState, 2))
    : product(tf.mul(reset, before), tf.slice(inputs.recurrentKernel, [0, 2 * U], [-1, U]));
  return { update, reset, candidate: act(tf.add(block(fromInput, 2), recalled)) };
}

/** c_t = f c_(t-1) + i g, kept where a step is masked. */
function carried(
  { input, forget, candidate }: Record<'input' | 'forget' | 'candidate', Float32Array>,
  [B, T, U]: [number, number, number],
  masked: Uint8Array | null,
): Float32Array {
  const cell = new Float32Array(B * T * U);
  for (let step = 0; step < B * T; step++) {
    const first = step % T === 0;
    for (let at = step * U; at < (step + 1) * U; at++) {
      const before = first ? 0 : cell[at - U]!;
      cell[at] = masked?.[step] ? before : forget[at]! * before + input[at]! * candidate[at]!;
    }
  }
  return cell;
}
