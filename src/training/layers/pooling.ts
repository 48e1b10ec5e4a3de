import * as tf from '@tensorflow/tfjs-core';
import { maxPooling } from '../ops/pooling.ts';
import type { PoolingAttributes } from '../ops/pooling.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext } from './layer.ts';

/** The largest over time, (B, T, D) → (B, D). Equal largest values share the gradient, as in TensorFlow; tfjs gives it to each. */
const largestOverTime = tf.customGrad((x, save) => {
  const largest = tf.max(x as tf.Tensor, 1, true);
  (save as tf.GradSaveFunc)([x as tf.Tensor, largest]);
  const gradFunc = (dy: tf.Tensor, [saved, top]: tf.Tensor[]) => {
    const chosen = tf.cast(tf.equal(saved!, top!), 'float32');
    return tf.div(tf.mul(chosen, tf.expandDims(dy, 1)), tf.sum(chosen, 1, true));
  };
  return { value: tf.squeeze(largest, [1]), gradFunc };
});

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
    return largestOverTime(x!);
  }
}

/** Keras's GlobalAveragePooling1D: the mean over the real steps. */
export class GlobalAveragePoolingLayer extends SpecifiedLayer {
  static readonly className = 'UnrollGlobalAveragePooling1D';

  protected run([x]: tf.Tensor[], { masks }: CallContext): tf.Tensor {
    if (!masks[0]) return tf.mean(x!, 1);
    const real = tf.expandDims(tf.cast(masks[0], 'float32'), 2);
    return tf.div(tf.sum(tf.mul(x!, real), 1), tf.sum(real, 1));
  }
}
