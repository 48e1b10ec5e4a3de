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
import { convolution } from '../ops/convolution.ts';
import { recurrent } from '../ops/recurrent.ts';
import type { RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
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
 * x (B, T, D) with the probes' zeros behind it, and its gradient taken apart again. Rows are copied whole: `tf.concat` and its
 * gradient take their time for every single number.
 */
function widened(x: tf.Tensor3D, probes: tf.Tensor3D): tf.Tensor3D {
  const [B, T, D] = x.shape;
  const width = probes.shape[2];
  const rows = B * T;
  const taken = (dy: Float32Array, from: number, count: number): tf.Tensor3D => {
    const part = new Float32Array(rows * count);
    for (let row = 0; row < rows; row++) {
      const at = row * (D + width) + from;
      part.set(dy.subarray(at, at + count), row * count);
    }
    return tf.tensor3d(part, [B, T, count]);
  };
  const wide = tf.customGrad((given) => {
    const values = (given as tf.Tensor).dataSync<'float32'>();
    const all = new Float32Array(rows * (D + width));
    for (let row = 0; row < rows; row++) all.set(values.subarray(row * D, (row + 1) * D), row * (D + width));
    const gradFunc = (dy: tf.Tensor) => {
      const gradient = dy.dataSync<'float32'>();
      return [taken(gradient, 0, D), taken(gradient, D, width)];
    };
    return { value: tf.tensor3d(all, [B, T, D + width]), gradFunc };
  });
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
  const [update, candidate] = tf.split(read, [2 * U, U], 2) as [tf.Tensor3D, tf.Tensor3D];
  const [ofUpdate, ofCandidate] = tf.split(R, [2 * U, U], 1) as [tf.Tensor2D, tf.Tensor2D];
  const product = resetAfter
    ? timesTransposed(tf.mul(candidate, reset), ofCandidate)
    : tf.mul(timesTransposed(candidate, ofCandidate), reset);
  return tf.add(timesTransposed(update, ofUpdate), product).dataSync<'float32'>();
}

/** x M^T for x (B, T, K) and M (U, K): a convolution that sees one step at a time. */
function timesTransposed(x: tf.Tensor3D, matrix: tf.Tensor2D): tf.Tensor3D {
  const [U, K] = matrix.shape;
  const kernel = tf.reshape(tf.transpose(matrix), [1, K, U]) as tf.Tensor3D;
  return convolution(
    { x, kernel, bias: null },
    { strides: 1, padding: 'valid', dilation: 1, activation: 'linear' },
  );
}
