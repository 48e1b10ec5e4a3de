import type * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { convolution } from '../ops/convolution.ts';
import { SpecifiedLayer } from './layer.ts';

export interface ConvolutionConfig {
  strides: number;
  padding: 'valid' | 'same' | 'causal';
  dilation_rate: number;
  activation: string | null;
}

/** Keras's Conv1D: x (B, T, D) with kernel (K, D, F) → (B, T', F). */
export class ConvolutionLayer extends SpecifiedLayer {
  static readonly className = 'UnrollConvolution';
  readonly #config: ConvolutionConfig;

  constructor(name: string, config: ConvolutionConfig, specs: readonly WeightSpec[]) {
    super(name, specs);
    this.#config = config;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    const { strides, padding, dilation_rate: dilation, activation } = this.#config;
    const kernel = this.weight('kernel') as tf.Tensor3D;
    const bias = this.weight('bias') as tf.Tensor1D | null;
    const attributes = { strides, padding, dilation, activation: activation ?? 'linear' };
    return convolution({ x: x as tf.Tensor3D, kernel, bias }, attributes);
  }
}
