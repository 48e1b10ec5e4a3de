import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { SpecifiedLayer } from './layer.ts';

export interface ConvolutionConfig {
  kernel_size: number;
  strides: number;
  padding: 'valid' | 'same' | 'causal';
  dilation_rate: number;
}

/**
 * Keras's Conv1D without its activation, as one matrix product over gathered windows: tfjs's own convolution has no gradient
 * for dilation. x (B, T, D) with kernel (K, D, F) → (B, T', F).
 */
export class ConvolutionLayer extends SpecifiedLayer {
  static readonly className = 'UnrollConvolution';
  readonly #config: ConvolutionConfig;

  constructor(name: string, config: ConvolutionConfig, specs: readonly WeightSpec[]) {
    super(name, specs);
    this.#config = config;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    const kernel = this.weight('kernel') as tf.Tensor3D;
    const bias = this.weight('bias');
    const [K, D, F] = kernel.shape;
    const columns = windows(x as tf.Tensor3D, this.#config);
    const [B, steps] = columns.shape;
    const product = tf.matMul(tf.reshape(columns, [B * steps, K * D]), tf.reshape(kernel, [K * D, F]));
    return tf.reshape(bias ? tf.add(product, bias) : product, [B, steps, F]);
  }
}

/** For every output step the K inputs it sees, behind one another: (B, T', K D). */
function windows(
  x: tf.Tensor3D,
  { kernel_size: K, strides, padding, dilation_rate: dilation }: ConvolutionConfig,
): tf.Tensor3D {
  const T = x.shape[1];
  const span = (K - 1) * dilation + 1;
  const steps = padding === 'valid' ? Math.floor((T - span) / strides) + 1 : Math.ceil(T / strides);
  // `same` splits the padding its last window needs, the smaller half in front; `causal` puts all of it in front.
  const needed =
    padding === 'valid' ? 0 : padding === 'causal' ? span - 1 : Math.max(0, (steps - 1) * strides + span - T);
  const front = padding === 'causal' ? needed : Math.floor(needed / 2);
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
