/**
 * dLoss/dh_t and dLoss/dc_t: how much the loss of an example would change with a layer's hidden state and, of an LSTM, its cell
 * state after each step, by the kernels that train.
 *
 * A layer is run with G U more inputs that are all zero and enter every gate by an identity matrix. The forward pass is the
 * same; the kernel's gradient for these inputs is dz_t, that of each gate before its activation. From dz_t follows what flows
 * back to the state before: dz_t R^T and, for GRU, what the update gate lets through. A zero added to the layer's output
 * gives what flows in from above. dLoss/dc_t follows from both: through the output of the same step, and through the cell state
 * of the next one, which the forget gate scales.
 *
 * Letters: B batch, T time in the order the layer reads it, D input, U units, G gates.
 */
import * as tf from '@tensorflow/tfjs-core';
import { GATES } from '../ops/cells.ts';
import { recurrent } from '../ops/recurrent.ts';
import type { RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
import { features, sideBySide } from './features.ts';
import { eachStep } from './states.ts';
import type { LayerStates } from './states.ts';

/** Zeros through which a gradient is read: (B, T, G U) before the gates, and the layer's output shape behind it. */
export interface Probes {
  gates: tf.Tensor3D;
  output: tf.Tensor;
}

export function probesFor(
  inputs: RecurrentInputs,
  { cell, units, returnSequences }: RecurrentAttributes,
): Probes {
  const [B, T] = inputs.x.shape;
  return {
    gates: tf.zeros([B, T, GATES[cell] * units]),
    output: tf.zeros(returnSequences ? [B, T, units] : [B, units]),
  };
}

/** W with the identity below it, (D + G U, G U), by which the probes enter the gates. */
export function kernelWithProbes(
  { kernel }: RecurrentInputs,
  { cell, units }: RecurrentAttributes,
): tf.Tensor2D {
  return tf.concat([kernel, tf.eye(GATES[cell] * units)], 0);
}

/**
 * The layer with its probes: the same output, and gradients for both of them.
 * @param inputs with the kernel of `kernelWithProbes`
 */
export function runProbed(
  inputs: RecurrentInputs,
  attributes: RecurrentAttributes,
  probes: Probes,
): tf.Tensor {
  const x = widened(inputs.x, probes.gates);
  return tf.add(recurrent({ ...inputs, x }, attributes), probes.output);
}

/**
 * dLoss/dh_t, (B, T, U) in the order the layer reads time.
 * @param given the gradients of the probes
 */
export function stateGradient(
  given: Probes,
  inputs: RecurrentInputs,
  attributes: RecurrentAttributes,
  states: LayerStates,
): Float32Array {
  const [B, T] = inputs.x.shape;
  const U = attributes.units;
  const through = throughGates(given.gates, inputs, attributes, states);
  const above = given.output.dataSync<'float32'>();
  const { update } = states.gates;
  const gradient = new Float32Array(B * T * U);
  for (let row = 0; row < B; row++) {
    for (let step = T - 1; step >= 0; step--) {
      const at = (row * T + step) * U;
      const last = step === T - 1;
      const keeps = !last && states.masked?.[row * T + step + 1];
      for (let u = 0; u < U; u++) {
        let sum = attributes.returnSequences ? above[at + u]! : last ? above[row * U + u]! : 0;
        if (!last) {
          const next = at + U + u;
          // A masked step hands the state on; a GRU hands the share on that its update gate keeps.
          if (keeps) sum += gradient[next]!;
          else sum += through[next]! + (update ? update[next]! * gradient[next]! : 0);
        }
        gradient[at + u] = sum;
      }
    }
  }
  return gradient;
}

/**
 * dLoss/dc_t, (B, T, U) in the order the layer reads time; null for a layer without a cell state.
 * @param given the gradients of the probes
 * @param ofState dLoss/dh_t, from `stateGradient`
 */
export function cellGradient(
  given: Probes,
  ofState: Float32Array,
  inputs: RecurrentInputs,
  attributes: RecurrentAttributes,
  states: LayerStates,
): Float32Array | null {
  const { forget } = states.gates;
  if (!forget) return null;
  const [B, T] = inputs.x.shape;
  const U = attributes.units;
  const gradient =
    attributes.cell === 'LSTM'
      ? throughOutput(ofState, inputs, attributes, states)
      : throughSeenCarry(given.gates, inputs, attributes);
  for (let row = 0; row < B; row++) {
    for (let step = T - 2; step >= 0; step--) {
      const at = (row * T + step) * U;
      const keeps = states.masked?.[row * T + step + 1];
      for (let next = at + U; next < at + 2 * U; next++)
        gradient[next - U]! += (keeps ? 1 : forget[next]!) * gradient[next]!;
    }
  }
  return gradient;
}

/** What an LSTM's output h_t = o act(c_t) hands back to c_t; a masked step's output is the one before it and sees no c_t. */
function throughOutput(
  ofState: Float32Array,
  { x }: RecurrentInputs,
  { units: U, activation }: RecurrentAttributes,
  { gates, masked }: LayerStates,
): Float32Array {
  const shape: [number, number, number] = [x.shape[0], x.shape[1], U];
  const output = gates['output']!;
  const ofActivation = new Float32Array(ofState.length);
  for (let step = 0; step < ofState.length / U; step++) {
    if (masked?.[step]) continue;
    for (let at = step * U; at < (step + 1) * U; at++) ofActivation[at] = ofState[at]! * output[at]!;
  }
  // Behind an identity matrix, so that the engine's fast kernel applies the activation.
  const identity = tf.eye(U);
  const through = tf.grad((cell) => eachStep(cell as tf.Tensor3D, identity, null, activation));
  const gradient = through(tf.tensor3d(gates['cell']!, shape), tf.tensor3d(ofActivation, shape));
  return gradient.dataSync<'float32'>().slice();
}

/** What the lecture's LSTM, whose output sees the carry through V_o, hands back to c_t: at its own step or, `old`, the next. */
function throughSeenCarry(
  gates: tf.Tensor3D,
  { carryKernel }: RecurrentInputs,
  { units: U, goBackwards, outputSees }: RecurrentAttributes,
): Float32Array {
  const T = gates.shape[1];
  const ofOutput = features(gates, 3 * U, U);
  const read = goBackwards ? tf.reverse(ofOutput, 1) : ofOutput;
  const found = timesTransposed(read, carryKernel!).dataSync<'float32'>();
  if (outputSees === 'new') return found.slice();
  return found.map((_, at) => (Math.floor(at / U) % T === T - 1 ? 0 : found[at + U]!));
}

/** x (B, T, D) with the probes' zeros behind it, and its gradient taken apart again. */
function widened(x: tf.Tensor3D, probes: tf.Tensor3D): tf.Tensor3D {
  const D = x.shape[2];
  const width = probes.shape[2];
  const wide = tf.customGrad((given) => ({
    value: sideBySide(given as tf.Tensor, probes),
    gradFunc: (dy: tf.Tensor) => [features(dy, 0, D), features(dy, D, width)],
  }));
  return wide(x, probes) as tf.Tensor3D;
}

/** What each step's gates hand back to the state before it, (B, T, U) in the order the layer reads time. */
function throughGates(
  gates: tf.Tensor3D,
  { recurrentKernel }: RecurrentInputs,
  { cell, units: U, resetAfter, goBackwards }: RecurrentAttributes,
  states: LayerStates,
): Float32Array {
  const read = goBackwards ? tf.reverse(gates, 1) : gates;
  const R = recurrentKernel as tf.Tensor2D;
  if (cell !== 'GRU') return timesTransposed(read, R).dataSync<'float32'>();
  // The reset gate stands before or behind the candidate's product.
  const reset = tf.tensor3d(states.gates['reset']!, [read.shape[0], read.shape[1], U]);
  const [update, candidate] = [features(read, 0, 2 * U), features(read, 2 * U, U)];
  const [ofUpdate, ofCandidate] = [features(R, 0, 2 * U), features(R, 2 * U, U)];
  const product = resetAfter
    ? timesTransposed(tf.mul(candidate, reset), ofCandidate)
    : tf.mul(timesTransposed(candidate, ofCandidate), reset);
  return tf.add(timesTransposed(update, ofUpdate), product).dataSync<'float32'>();
}

/** x M^T for x (B, T, K) and M (U, K). */
function timesTransposed(x: tf.Tensor3D, matrix: tf.Tensor2D): tf.Tensor3D {
  return eachStep(x, tf.transpose(matrix) as tf.Tensor2D, null, 'linear');
}
