/**
 * dLoss/dh_t: how much the loss of an example would change with a layer's state after each step, by the kernels that train.
 *
 * A layer is run with G U more inputs that are all zero and enter every gate by an identity matrix. The forward pass is the
 * same; the kernel's gradient for these inputs is dz_t, that of each gate before its activation. From dz_t follows what flows
 * back to the state before: dz_t R^T and, for GRU, what the update gate lets through. A zero added to the layer's output
 * gives what flows in from above.
 *
 * Letters: B batch, T time in the order the layer reads it, D input, U units, G gates.
 */
import * as tf from '@tensorflow/tfjs-core';
import { GATES } from '../ops/cells.ts';
import { recurrent } from '../ops/recurrent.ts';
import type { RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
import { numbersOf } from './scope.ts';
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
  const x = tf.concat([inputs.x, probes.gates], 2) as tf.Tensor3D;
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

/** What each step's gates hand back to the state before it, (B, T, U). */
function throughGates(
  gates: tf.Tensor3D,
  inputs: RecurrentInputs,
  attributes: RecurrentAttributes,
  states: LayerStates,
): Float32Array {
  const { cell, units: U, resetAfter, goBackwards } = attributes;
  return numbersOf(() => {
    const R = inputs.recurrentKernel;
    const [B, T, width] = gates.shape;
    const dz = tf.reshape(goBackwards ? tf.reverse(gates, 1) : gates, [B * T, width]) as tf.Tensor2D;
    const back = (slope: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor =>
      tf.matMul(slope, weights, false, true);
    if (cell !== 'GRU') return back(dz, R).dataSync<'float32'>().slice();
    const reset = tf.tensor2d(states.gates['reset']!, [B * T, U]);
    const ofGates = back(tf.slice(dz, [0, 0], [-1, 2 * U]), tf.slice(R, [0, 0], [-1, 2 * U]));
    const candidate = tf.slice(dz, [0, 2 * U], [-1, U]);
    const candidateR = tf.slice(R, [0, 2 * U], [-1, U]);
    const ofCandidate = resetAfter
      ? back(tf.mul(candidate, reset), candidateR)
      : tf.mul(reset, back(candidate, candidateR));
    return tf.add(ofGates, ofCandidate).dataSync<'float32'>().slice();
  });
}
