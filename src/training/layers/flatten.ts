import * as tf from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../shared/layers/data-format.ts';
import { SpecifiedLayer } from './layer.ts';
import { withStepsFirst } from './data-format.ts';

/** Keras's Flatten: all numbers of an example in one row, step by step. */
export class FlattenLayer extends SpecifiedLayer {
  static readonly className = 'UnrollFlatten';
  readonly #format: DataFormat;

  constructor(name: string, format: DataFormat) {
    super(name, []);
    this.#format = format;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    return withStepsFirst(x!, this.#format, (steps) => tf.reshape(steps, [x!.shape[0]!, -1]));
  }
}
