/**
 * The ops `globalMaxPooling` and `globalAveragePooling`: one value of each feature for the whole sequence, with their
 * gradients. An engine that registers the kernels below runs them fast; elsewhere plain tfjs ops run.
 *
 * Letters: B batch, T time, D features.
 */
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs's own ops, which tfjs-core leaves out under Node.
import '@tensorflow/tfjs-layers';

export const GLOBAL_MAX = 'UnrollGlobalMaxPooling';
export const GLOBAL_MAX_GRADIENT = 'UnrollGlobalMaxPoolingGradient';
export const GLOBAL_AVERAGE = 'UnrollGlobalAveragePooling';
export const GLOBAL_AVERAGE_GRADIENT = 'UnrollGlobalAveragePoolingGradient';

const has = (kernel: string): boolean => tf.getKernel(kernel, tf.getBackend()) !== undefined;

/** The largest over time, (B, T, D) → (B, D). Equal largest values share the gradient, as in TensorFlow; tfjs gives it to each. */
export function globalMaxPooling(x: tf.Tensor3D): tf.Tensor2D {
  if (!has(GLOBAL_MAX)) return largestOverTime(x) as tf.Tensor2D;
  return tf.engine().runKernel(GLOBAL_MAX, { x }) as tf.Tensor2D;
}

/** The mean over time, (B, T, D) → (B, D); over the real steps where `mask` (B, T) says which those are. */
export function globalAveragePooling(x: tf.Tensor3D, mask: tf.Tensor2D | null): tf.Tensor2D {
  if (!has(GLOBAL_AVERAGE)) return meanOverTime(x, mask);
  const [B, T] = x.shape;
  return tf.engine().runKernel(GLOBAL_AVERAGE, { x, mask: mask ?? tf.ones([B, T], 'bool') }) as tf.Tensor2D;
}

const largestOverTime = tf.customGrad((x, save) => {
  const largest = tf.max(x as tf.Tensor, 1, true);
  (save as tf.GradSaveFunc)([x as tf.Tensor, largest]);
  const gradFunc = (dy: tf.Tensor, [saved, top]: tf.Tensor[]) => {
    const chosen = tf.cast(tf.equal(saved!, top!), 'float32');
    return tf.div(tf.mul(chosen, tf.expandDims(dy, 1)), tf.sum(chosen, 1, true));
  };
  return { value: tf.squeeze(largest, [1]), gradFunc };
});

function meanOverTime(x: tf.Tensor3D, mask: tf.Tensor2D | null): tf.Tensor2D {
  if (!mask) return tf.mean(x, 1);
  const real = tf.expandDims(tf.cast(mask, 'float32'), 2);
  return tf.div(tf.sum(tf.mul(x, real), 1), tf.sum(real, 1));
}

tf.registerGradient({
  kernelName: GLOBAL_MAX,
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, [x, y]) => ({
    x: () => tf.engine().runKernel(GLOBAL_MAX_GRADIENT, { dy: dy as tf.Tensor, x: x!, y: y! }) as tf.Tensor,
  }),
});

tf.registerGradient({
  kernelName: GLOBAL_AVERAGE,
  inputsToSave: ['x', 'mask'],
  gradFunc: (dy, [x, mask]) => ({
    x: () =>
      tf
        .engine()
        .runKernel(GLOBAL_AVERAGE_GRADIENT, { dy: dy as tf.Tensor, x: x!, mask: mask! }) as tf.Tensor,
  }),
});
