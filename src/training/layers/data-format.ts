/** Layers over time see (batch, steps, features); what comes with its features first is turned round for them, and back. */
import * as tf from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../shared/layers/data-format.ts';

const turned = <T extends tf.Tensor>(x: T): T => tf.transpose(x, [0, 2, 1]);

/** @param compute from (B, T, D) to a sequence, which is turned back, or to a row an example */
export function withStepsFirst(
  x: tf.Tensor,
  format: DataFormat,
  compute: (x: tf.Tensor3D) => tf.Tensor,
): tf.Tensor {
  if (format === 'channels_last' || x.rank !== 3) return compute(x as tf.Tensor3D);
  const y = compute(turned(x as tf.Tensor3D));
  return y.rank === 3 ? turned(y) : y;
}
