/**
 * The op `normalization`: LayerNormalization over the last axis as one operation, with its gradient. An engine that registers
 * the kernels below, for x of three axes, runs it fast; on any other backend plain tfjs ops run.
 *
 * Letters: N rows, D features.
 */
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs's own ops, which tfjs-core leaves out under Node.
import '@tensorflow/tfjs-layers';

export const NORMALIZATION = 'UnrollNormalization';
export const NORMALIZATION_GRADIENT = 'UnrollNormalizationGradient';

export interface NormalizationInputs {
  /** (…, D). */
  x: tf.Tensor;
  /** (D): scale and shift; null: none. */
  gamma: tf.Tensor | null;
  beta: tf.Tensor | null;
}

/** (x - mean) / sqrt(variance + epsilon) gamma + beta, mean and variance of each row's features. */
export function normalization({ x, gamma, beta }: NormalizationInputs, epsilon: number): tf.Tensor {
  if (!tf.getKernel(NORMALIZATION, tf.getBackend())) return plain({ x, gamma, beta }, epsilon);
  const D = x.shape.at(-1)!;
  const rows = x.rank === 3 ? x : tf.reshape(x, [1, -1, D]);
  const inputs = { x: rows, gamma: gamma ?? tf.ones([D]), beta: beta ?? tf.zeros([D]) };
  const y = tf.engine().runKernel(NORMALIZATION, inputs, { epsilon }) as tf.Tensor;
  return x.rank === 3 ? y : tf.reshape(y, x.shape);
}

function plain({ x, gamma, beta }: NormalizationInputs, epsilon: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal: tf.Tensor = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  const scaled = gamma ? tf.mul(normal, gamma) : normal;
  return beta ? tf.add(scaled, beta) : scaled;
}

/** The gradient kernel gives [dx, dGamma, dBeta]. */
tf.registerGradient({
  kernelName: NORMALIZATION,
  inputsToSave: ['x', 'gamma'],
  gradFunc: (dy, [x, gamma], attributes) => {
    const inputs = { dy: dy as tf.Tensor, x: x!, gamma: gamma! };
    const gradients = tf
      .engine()
      .runKernel(NORMALIZATION_GRADIENT, inputs, attributes) as unknown as tf.Tensor[];
    return Object.fromEntries(['x', 'gamma', 'beta'].map((name, i) => [name, () => gradients[i]!]));
  },
});
