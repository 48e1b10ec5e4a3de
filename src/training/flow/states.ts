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
    const masked = maskedSteps(inputs, attributes);
    const before = statesBefore(h);
    const gates = gateValues(inTime(inputs.x), before, inputs, attributes);
    const values: Record<string, Float32Array> = {};
    for (const [name, gate] of Object.entries(gates)) values[name] = gate.dataSync<'float32'>().slice();
    const { input, forget, candidate } = values;
    if (input && forget && candidate) values['cell'] = carried({ input, forget, candidate }, h.shape, masked);
    return { h: h.dataSync<'float32'>().slice(), gates: values, masked };
  });
}

/** Only what `stateGradient` needs: the gates of a GRU, and which steps are masked. */
export function needed(inputs: RecurrentInputs, attributes: RecurrentAttributes): LayerStates {
  if (attributes.cell === 'GRU') return layerStates(inputs, attributes);
  return { h: new Float32Array(0), gates: {}, masked: maskedSteps(inputs, attributes) };
}

function maskedSteps({ mask }: RecurrentInputs, { goBackwards }: RecurrentAttributes): Uint8Array | null {
  return numbersOf(() => {
    if (!mask) return null;
    const inTime = goBackwards ? tf.reverse(mask, 1) : mask;
    return Uint8Array.from(inTime.dataSync<'int32'>(), (real) => (real ? 0 : 1));
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
  // Weights are cut by gate, not the products: those are long, and cutting takes its time for every number.
  const columns = (weights: tf.Tensor, gate: number): tf.Tensor =>
    weights.rank === 1
      ? tf.slice(weights, [gate * U], [U])
      : tf.slice(weights, [0, gate * U], [weights.shape[0]!, U]);
  const fromInput = (gate: number): tf.Tensor =>
    tf.add(product(x, columns(inputs.kernel, gate)), columns(bias.input, gate));
  const fromState = (gate: number): tf.Tensor => {
    const z = product(before, columns(inputs.recurrentKernel, gate));
    return bias.recurrent ? tf.add(z, columns(bias.recurrent, gate)) : z;
  };
  if (cell !== 'GRU')
    return Object.fromEntries(
      names.map((name, gate) => {
        const z = tf.add(fromInput(gate), fromState(gate));
        return [name, name === 'candidate' ? act(z) : sigmoid(z)];
      }),
    );
  const update = sigmoid(tf.add(fromInput(0), fromState(0)));
  const reset = sigmoid(tf.add(fromInput(1), fromState(1)));
  const recalled = resetAfter
    ? tf.mul(reset, fromState(2))
    : product(tf.mul(reset, before), columns(inputs.recurrentKernel, 2));
  return { update, reset, candidate: act(tf.add(fromInput(2), recalled)) };
}

/** The state before each step, zero before the first, (B, T, U). */
function statesBefore(h: tf.Tensor3D): tf.Tensor3D {
  const [B, T, U] = h.shape;
  const values = h.dataSync<'float32'>();
  const before = new Float32Array(values.length);
  for (let row = 0; row < B; row++) {
    const at = row * T * U;
    before.set(values.subarray(at, at + (T - 1) * U), at + U);
  }
  return tf.tensor3d(before, [B, T, U]);
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
