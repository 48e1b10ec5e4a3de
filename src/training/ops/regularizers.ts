/**
 * What weights add to the loss, by Keras 3's L1, L2 and L1L2 (keras/src/regularizers/regularizers.py). An engine may register
 * the kernel below, and take the gradient into its optimizer's updates (ops/update.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Regularizer } from '../../shared/layers/regularizers.ts';

export interface Regularized {
  variable: tf.Variable;
  regularizer: Regularizer;
}

/** Takes the variables, by number, and PenaltyAttributes; gives what all of them add, a scalar. */
export const PENALTY = 'UnrollPenalty';

export interface PenaltyAttributes extends tf.NamedAttrMap {
  /** By variable. */
  l1: number[];
  l2: number[];
}

/** l1 sum |w| + l2 sum w^2 over all of them; no gradient is taken of it. */
export function penalty(weights: readonly Regularized[]): tf.Scalar {
  if (!tf.getKernel(PENALTY, tf.getBackend())) return tf.tidy(() => tf.addN(weights.map(penaltyOf)));
  const inputs = { ...weights.map(({ variable }) => variable) } as unknown as tf.NamedTensorMap;
  const attributes: PenaltyAttributes = {
    l1: weights.map(({ regularizer }) => regularizer.l1),
    l2: weights.map(({ regularizer }) => regularizer.l2),
  };
  return tf.engine().runKernel(PENALTY, inputs, attributes) as tf.Scalar;
}

function penaltyOf({ variable, regularizer: { l1, l2 } }: Regularized): tf.Scalar {
  const parts: tf.Tensor[] = [tf.scalar(0)];
  if (l1 > 0) parts.push(tf.mul(tf.sum(tf.abs(variable)), l1));
  if (l2 > 0) parts.push(tf.mul(tf.sum(tf.square(variable)), l2));
  return tf.addN(parts) as tf.Scalar;
}

/** A weight's gradient with that of what it adds: l1 sign(w) + 2 l2 w. */
export function regularizedGradient(
  gradient: tf.Tensor | null,
  { variable, regularizer: { l1, l2 } }: Regularized,
): tf.Tensor {
  return tf.tidy(() => {
    const parts = [
      ...(gradient ? [gradient] : []),
      ...(l1 > 0 ? [tf.mul(tf.sign(variable), l1)] : []),
      tf.mul(variable, 2 * l2),
    ];
    return tf.addN(parts);
  });
}
