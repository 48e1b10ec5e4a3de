import type * as tf from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../shared/layers/data-format.ts';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { activationFunction } from '../ops/activations.ts';
import { groupedConvolution } from '../ops/convolution.ts';
import { withStepsFirst } from './data-format.ts';
import { SpecifiedLayer } from './layer.ts';

export interface ConvolutionConfig {
  strides: number;
  padding: 'valid' | 'same' | 'causal';
  dilation_rate: number;
  groups: number;
  data_format: DataFormat;
  activation: string | null;
}

/** Keras's Conv1D: x (B, T, D) with kernel (K, D / groups, F) → (B, T', F). */
export class ConvolutionLayer extends SpecifiedLayer {
  static readonly className = 'UnrollConvolution';
  readonly #config: ConvolutionConfig;

  constructor(name: string, config: ConvolutionConfig, specs: readonly WeightSpec[]) {
    super(name, specs);
    this.#config = config;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    const { strides, padding, dilation_rate: dilation, groups, data_format } = this.#config;
    const activation = this.#config.activation ?? 'linear';
    const kernel = this.weight('kernel') as tf.Tensor3D;
    const bias = this.weight('bias') as tf.Tensor1D | null;
    const run = (applied: string) => (steps: tf.Tensor3D) =>
      groupedConvolution(
        { x: steps, kernel, bias },
        { strides, padding, dilation, activation: applied },
        groups,
      );
    if (data_format === 'channels_last') return run(activation)(x as tf.Tensor3D);
    // A softmax is over the last axis of what is given, here the steps.
    return activationFunction(activation)(withStepsFirst(x!, data_format, run('linear')));
  }
}
