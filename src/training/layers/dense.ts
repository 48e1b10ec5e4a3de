import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { convolution } from '../ops/convolution.ts';
import { fewOutputs } from '../ops/dense.ts';
import { SpecifiedLayer } from './layer.ts';

/** Keras's Dense over the last axis, (…, D) → (…, F): a convolution that sees one step at a time, unless it has few outputs. */
export class DenseLayer extends SpecifiedLayer {
  static readonly className = 'UnrollDense';
  readonly #activation: string;

  constructor(name: string, activation: string, specs: readonly WeightSpec[]) {
    super(name, specs);
    this.#activation = activation;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    const kernel = this.weight('kernel') as tf.Tensor2D;
    const bias = this.weight('bias') as tf.Tensor1D | null;
    const [D, F] = kernel.shape;
    const few =
      x!.rank === 2 && this.#activation === 'linear' ? fewOutputs(x as tf.Tensor2D, kernel, bias) : null;
    if (few) return few;
    const steps = x!.rank === 3 ? (x as tf.Tensor3D) : tf.reshape(x!, [1, -1, D]);
    const inputs = { x: steps as tf.Tensor3D, kernel: tf.reshape(kernel, [1, D, F]), bias };
    const attributes = { strides: 1, padding: 'valid', dilation: 1, activation: this.#activation } as const;
    const y = convolution(inputs as Parameters<typeof convolution>[0], attributes);
    return x!.rank === 3 ? y : tf.reshape(y, [...x!.shape.slice(0, -1), F]);
  }
}
