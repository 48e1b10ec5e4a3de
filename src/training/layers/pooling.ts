import type * as tf from '@tensorflow/tfjs-core';
import { globalAveragePooling, globalMaxPooling } from '../ops/global-pooling.ts';
import { maxPooling } from '../ops/pooling.ts';
import type { PoolingAttributes } from '../ops/pooling.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext } from './layer.ts';

/** Keras's MaxPooling1D. */
export class MaxPoolingLayer extends SpecifiedLayer {
  static readonly className = 'UnrollMaxPooling1D';
  readonly #attributes: PoolingAttributes;

  constructor(name: string, attributes: PoolingAttributes) {
    super(name, []);
    this.#attributes = attributes;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    return maxPooling(x as tf.Tensor3D, this.#attributes);
  }
}

/** Keras's GlobalMaxPooling1D. */
export class GlobalMaxPoolingLayer extends SpecifiedLayer {
  static readonly className = 'UnrollGlobalMaxPooling1D';

  protected run([x]: tf.Tensor[]): tf.Tensor {
    return globalMaxPooling(x as tf.Tensor3D);
  }
}

/** Keras's GlobalAveragePooling1D: the mean over the real steps. */
export class GlobalAveragePoolingLayer extends SpecifiedLayer {
  static readonly className = 'UnrollGlobalAveragePooling1D';

  protected run([x]: tf.Tensor[], { masks }: CallContext): tf.Tensor {
    return globalAveragePooling(x as tf.Tensor3D, masks[0] ?? null);
  }
}
