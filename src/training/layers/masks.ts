/** What becomes of masks where several inputs meet, as Keras 3's merge layers compute it. */
import * as tf from '@tensorflow/tfjs-core';
import type { Mask } from './layer.ts';

interface Masked {
  tensor: tf.Tensor;
  mask: Mask;
}

/** The mask behind a layer that hands it on. With one input it is that input's. */
export function mergedMask(type: string, inputs: readonly Masked[], output: tf.Tensor): Mask {
  if (inputs.length === 1) return inputs[0]!.mask;
  return type === 'Concatenate' ? concatenated(inputs, output) : either(inputs);
}

/** Add: a step is real where it is in any input; unknown, and so no mask, where an input has none. */
function either(inputs: readonly Masked[]): Mask {
  let merged: Mask = inputs[0]!.mask;
  for (const { mask } of inputs.slice(1)) merged = merged && mask && tf.logicalOr(merged, mask);
  return merged;
}

/**
 * Concatenate: an input without a mask is real at every step. Along features a step is real where it is in any input; along
 * steps, which makes the output longer, each input's steps keep their mask.
 */
function concatenated(inputs: readonly Masked[], output: tf.Tensor): Mask {
  if (inputs.every(({ mask }) => mask === null)) return null;
  const masks = inputs.map(
    ({ tensor, mask }) => mask ?? tf.ones([tensor.shape[0]!, tensor.shape[1]!], 'bool'),
  );
  if (output.shape[1] !== inputs[0]!.tensor.shape[1]) return tf.concat(masks as tf.Tensor2D[], 1);
  return masks.reduce((merged, mask) => tf.logicalOr(merged, mask)) as tf.Tensor2D;
}
