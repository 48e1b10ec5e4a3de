/**
 * The op `maxPooling`: the largest of every window of steps, with its gradient. An engine that registers the kernels below
 * runs it fast; on any other backend tfjs's own pooling runs.
 *
 * Letters: B batch, T time, D features.
 */
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs's own ops, which tfjs-core leaves out under Node.
import '@tensorflow/tfjs-layers';

export interface PoolingAttributes extends tf.NamedAttrMap {
  size: number;
  strides: number;
  padding: 'valid' | 'same';
}

export const MAX_POOLING = 'UnrollMaxPooling';
export const MAX_POOLING_GRADIENT = 'UnrollMaxPoolingGradient';

/** x (B, T, D) → (B, T', D). */
export function maxPooling(x: tf.Tensor3D, attributes: PoolingAttributes): tf.Tensor3D {
  if (!tf.getKernel(MAX_POOLING, tf.getBackend())) {
    const { size, strides, padding } = attributes;
    return tf.squeeze(tf.maxPool(tf.expandDims(x, 2) as tf.Tensor4D, [size, 1], [strides, 1], padding), [2]);
  }
  const [output] = tf.engine().runKernel(MAX_POOLING, { x }, attributes) as unknown as [
    tf.Tensor3D,
    tf.Tensor,
  ];
  return output;
}

/** The kernel gives [output, reserve], the gradient kernel dx; `reserve` is freed with the tape. */
tf.registerGradient({
  kernelName: MAX_POOLING,
  inputsToSave: ['x'],
  outputsToSave: [true, true],
  gradFunc: (dy, [x, output, reserve], attributes) => {
    const inputs = { dy: (dy as tf.Tensor[])[0]!, x: x!, output: output!, reserve: reserve! };
    return { x: () => tf.engine().runKernel(MAX_POOLING_GRADIENT, inputs, attributes) as tf.Tensor };
  },
});
