/** What weights add to the loss, by Keras 3's L1, L2 and L1L2 (keras/src/regularizers/regularizers.py). */
import * as tf from '@tensorflow/tfjs-core';
import type { Regularizer } from '../../shared/layers/regularizers.ts';

export interface Regularized {
  variable: tf.Variable;
  regularizer: Regularizer;
}

/** l1 sum |w| + l2 sum w^2 over all of them, with the gradient l1 sign(w) + 2 l2 w; null where there are none. */
export function penalty(weights: readonly Regularized[]): tf.Scalar | null {
  if (weights.length === 0) return null;
  return tf.addN(weights.map(penaltyOf)) as tf.Scalar;
}

function penaltyOf({ variable, regularizer: { l1, l2 } }: Regularized): tf.Scalar {
  const op = tf.customGrad((w, save) => {
    const weight = w as tf.Tensor;
    (save as tf.GradSaveFunc)([weight]);
    const parts: tf.Tensor[] = [];
    if (l1 > 0) parts.push(tf.mul(tf.sum(tf.abs(weight)), l1));
    if (l2 > 0) parts.push(tf.mul(tf.sum(tf.square(weight)), l2));
    return {
      value: parts.length === 0 ? tf.scalar(0) : tf.addN(parts),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, slope(saved[0]!, l1, l2)),
    };
  });
  return op(variable) as tf.Scalar;
}

function slope(w: tf.Tensor, l1: number, l2: number): tf.Tensor {
  const squares = tf.mul(w, 2 * l2);
  return l1 > 0 ? tf.add(squares, tf.mul(tf.sign(w), l1)) : squares;
}
