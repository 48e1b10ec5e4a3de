/**
 * The op `convolution` in plain tfjs ops, as one matrix product over gathered windows: tfjs's own convolution has no gradient
 * for dilation. Differentiated by the tape.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes, ConvolutionInputs } from './convolution.ts';
import { windowsOn } from './windows.ts';

/** x (B, T, D) with kernel (K, D, F) → (B, T', F), before the activation. */
export function convolutionReference(
  { x, kernel, bias }: ConvolutionInputs,
  attributes: ConvolutionAttributes,
): tf.Tensor3D {
  const [K, D, F] = kernel.shape;
  const columns = windows(x, K, attributes);
  const [B, steps] = columns.shape;
  const product = tf.matMul(tf.reshape(columns, [B * steps, K * D]), tf.reshape(kernel, [K * D, F]));
  return tf.reshape(bias ? tf.add(product, bias) : product, [B, steps, F]);
}

/** For every output step the K inputs it sees, behind one another: (B, T', K D). */
function windows(
  x: tf.Tensor3D,
  K: number,
  { strides, padding, dilation }: ConvolutionAttributes,
): tf.Tensor3D {
  const T = x.shape[1];
  const { steps, front } = windowsOn(T, { size: K, strides, padding, dilation });
  // Behind, so much that every tap can be cut into whole strides.
  const length = (K - 1) * dilation + steps * strides;
  const padded = tf.pad(x, [
    [0, 0],
    [front, Math.max(0, length - T - front)],
    [0, 0],
  ]);
  const taps = Array.from({ length: K }, (_, k) => everyStride(padded, k * dilation, steps, strides));
  return tf.concat(taps, 2);
}

/** Steps from, from + strides, …: (B, steps, D). tfjs's strided slice has no gradient. */
function everyStride(x: tf.Tensor3D, from: number, steps: number, strides: number): tf.Tensor3D {
  const [B, , D] = x.shape;
  const cut = tf.slice(x, [0, from, 0], [B, steps * strides, D]);
  if (strides === 1) return cut;
  return tf.reshape(tf.slice(tf.reshape(cut, [B, steps, strides, D]), [0, 0, 0, 0], [B, steps, 1, D]), [
    B,
    steps,
    D,
  ]);
}
