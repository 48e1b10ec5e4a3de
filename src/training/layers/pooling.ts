import * as tf from '@tensorflow/tfjs-core';
import { globalAveragePooling, globalMaxPooling } from '../ops/global-pooling.ts';
import { maxPooling } from '../ops/pooling.ts';
import type { PoolingAttributes } from '../ops/pooling.ts';
import type { DataFormat } from '../../shared/layers/data-format.ts';
import type { GlobalPoolingConfig } from '../../shared/layers/global-pooling.ts';
import { withStepsFirst } from './data-format.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext, Mask } from './layer.ts';

/** Keras's MaxPooling1D. */
export class MaxPoolingLayer extends SpecifiedLayer {
  static readonly className = 'UnrollMaxPooling1D';
  readonly #attributes: PoolingAttributes;
  readonly #format: DataFormat;

  constructor(name: string, attributes: PoolingAttributes, format: DataFormat) {
    super(name, []);
    this.#attributes = attributes;
    this.#format = format;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    return withStepsFirst(x!, this.#format, (steps) => maxPooling(steps, this.#attributes));
  }
}

/** One value of each feature for the whole sequence, as a row or as a sequence of one step. */
abstract class GlobalPoolingLayer extends SpecifiedLayer {
  readonly #config: GlobalPoolingConfig;

  constructor(name: string, config: GlobalPoolingConfig) {
    super(name, []);
    this.#config = config;
  }

  protected run([x]: tf.Tensor[], { masks }: CallContext): tf.Tensor {
    const { data_format, keepdims } = this.#config;
    return withStepsFirst(x!, data_format, (steps) => {
      const row = this.pool(steps, masks[0] ?? null);
      return keepdims ? tf.expandDims(row, 1) : row;
    });
  }

  /** (B, T, D) → (B, D). */
  protected abstract pool(x: tf.Tensor3D, mask: Mask): tf.Tensor2D;
}

/** Keras's GlobalMaxPooling1D. */
export class GlobalMaxPoolingLayer extends GlobalPoolingLayer {
  static readonly className = 'UnrollGlobalMaxPooling1D';

  protected pool(x: tf.Tensor3D): tf.Tensor2D {
    return globalMaxPooling(x);
  }
}

/** Keras's GlobalAveragePooling1D: the mean over the real steps. */
export class GlobalAveragePoolingLayer extends GlobalPoolingLayer {
  static readonly className = 'UnrollGlobalAveragePooling1D';

  protected pool(x: tf.Tensor3D, mask: Mask): tf.Tensor2D {
    return globalAveragePooling(x, mask);
  }
}
