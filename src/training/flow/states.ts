/**
 * What a recurrent layer holds at every step: its states, and the gates that made them. The states come from the engine's own
 * kernel; the gates follow from them, one product for all steps, since each depends on the state before it alone.
 *
 * Letters: B batch, T time in the order the layer reads it, U units, G gates.
 */
import * as tf from '@tensorflow/tfjs-core';
import { activationFunction } from '../ops/activations.ts';
import { biases } from '../ops/cells.ts';
import { convolution } from '../ops/convolution.ts';
import { recurrent } from '../ops/recurrent.ts';
import type { Cell, RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
import { features, sideBySide } from './features.ts';
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
    const gates = gateValues(inTime(inputs.x) as tf.Tensor3D, before, inputs, attributes);
    const values: Record<string, Float32Array> = {};
    for (const [name, gate] of Object.entries(gates)) values[name] = gate.dataSync<'float32'>().slice();
    const { input, forget, candidate } = values;
    if (input && forget && candidate) values['cell'] = carried({ input, forget, candidate }, h.shape, masked);
    return { h: h.dataSync<'float32'>().slice(), gates: values, masked };
  });
}

/** Only what the gradients need: the gates, and which steps are masked; a SimpleRNN is not run for it. */
export function needed(inputs: RecurrentInputs, attributes: RecurrentAttributes): LayerStates {
  if (attributes.cell !== 'SimpleRNN') return layerStates(inputs, attributes);
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
  x: tf.Tensor3D,
  before: tf.Tensor3D,
  inputs: RecurrentInputs,
  { cell, units: U, activation, recurrentActivation, resetAfter }: RecurrentAttributes,
): Record<string, tf.Tensor> {
  const names = BLOCKS[cell];
  if (names.length === 0) return {};
  const bias = biases(inputs);
  const ofGate = <T extends tf.Tensor>(weights: T, gate: number): T => features(weights, gate * U, U);
  const W = (gate: number): tf.Tensor2D => ofGate(inputs.kernel, gate);
  const R = (gate: number): tf.Tensor2D => ofGate(inputs.recurrentKernel, gate);
  const both = (gate: number): tf.Tensor2D => tf.concat([W(gate), R(gate)], 0);
  const total = bias.recurrent ? (tf.add(bias.input, bias.recurrent) as tf.Tensor1D) : bias.input;
  const seen = sideBySide(x, before);
  const gate = (at: number, act = recurrentActivation): tf.Tensor3D =>
    eachStep(seen, both(at), ofGate(total, at), act);
  if (cell !== 'GRU')
    return Object.fromEntries(
      names.map((name, at) => [name, gate(at, name === 'candidate' ? activation : recurrentActivation)]),
    );
  const [update, reset] = [gate(0), gate(1)];
  if (!resetAfter) {
    const recalled = sideBySide(x, tf.mul(reset, before));
    return { update, reset, candidate: eachStep(recalled, both(2), ofGate(total, 2), activation) };
  }
  const fromInput = eachStep(x, W(2), ofGate(bias.input, 2), 'linear');
  const fromState = eachStep(before, R(2), bias.recurrent && ofGate(bias.recurrent, 2), 'linear');
  const z = tf.add(fromInput, tf.mul(reset, fromState));
  return { update, reset, candidate: activationFunction(activation)(z) };
}

/** act(x M + b) of every step: a convolution that sees one at a time, which engines have a fast kernel for. */
export function eachStep(
  x: tf.Tensor3D,
  matrix: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: string,
): tf.Tensor3D {
  const kernel = tf.reshape(matrix, [1, ...matrix.shape]) as tf.Tensor3D;
  return convolution({ x, kernel, bias }, { strides: 1, padding: 'valid', dilation: 1, activation });
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
