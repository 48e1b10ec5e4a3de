/**
 * The op `dense`: x W + b of a model's last layer, whose outputs are few, as one operation with its gradient. An engine whose
 * tensors can be read where they are supports it; elsewhere, and where there is more to multiply, a Dense is a convolution
 * (training/layers/dense.ts), whose preparations then take longer than its sums.
 *
 * Letters: B batch, D input, F outputs.
 */
import * as tf from '@tensorflow/tfjs-core';

export const DENSE = 'UnrollFewOutputs';
export const DENSE_GRADIENT = 'UnrollFewOutputsGradient';

/** The most weights for which plain loops are faster than to lay out panels. */
const MOST_WEIGHTS = 512;

/** `x` (B, D), `kernel` (D, F), `bias` (F) → (B, F); null where it is to be computed otherwise. */
export function fewOutputs(
  x: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D | null,
): tf.Tensor2D | null {
  if (kernel.size > MOST_WEIGHTS || !tf.getKernel(DENSE, tf.getBackend())) return null;
  const inputs = { x, kernel, bias: bias ?? tf.zeros([kernel.shape[1]]) };
  return tf.engine().runKernel(DENSE, inputs) as tf.Tensor2D;
}

/** The gradient kernel gives [dx, dKernel, dBias]. */
tf.registerGradient({
  kernelName: DENSE,
  inputsToSave: ['x', 'kernel'],
  gradFunc: (dy, [x, kernel]) => {
    const inputs = { dy: dy as tf.Tensor, x: x!, kernel: kernel! };
    const gradients = tf.engine().runKernel(DENSE_GRADIENT, inputs) as unknown as tf.Tensor[];
    return Object.fromEntries(['x', 'kernel', 'bias'].map((name, i) => [name, () => gradients[i]!]));
  },
});
