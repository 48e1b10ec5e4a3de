/**
 * Features of tensors cut and joined, rows copied whole: `tf.slice`, `tf.split` and `tf.concat` take their time for every single
 * number.
 */
import * as tf from '@tensorflow/tfjs-core';

/** (…, K) → (…, count): the features from `from` on. */
export function features<T extends tf.Tensor>(x: T, from: number, count: number): T {
  const width = x.shape.at(-1)!;
  const rows = x.size / width;
  const values = x.dataSync<'float32'>();
  const part = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const at = row * width + from;
    part.set(values.subarray(at, at + count), row * count);
  }
  return tf.tensor(part, [...x.shape.slice(0, -1), count]) as T;
}

/** (…, K) and (…, L) → (…, K + L). */
export function sideBySide<T extends tf.Tensor>(first: T, second: T): T {
  const [K, L] = [first.shape.at(-1)!, second.shape.at(-1)!];
  const rows = first.size / K;
  const [a, b] = [first.dataSync<'float32'>(), second.dataSync<'float32'>()];
  const joined = new Float32Array(rows * (K + L));
  for (let row = 0; row < rows; row++) {
    joined.set(a.subarray(row * K, (row + 1) * K), row * (K + L));
    joined.set(b.subarray(row * L, (row + 1) * L), row * (K + L) + K);
  }
  return tf.tensor(joined, [...first.shape.slice(0, -1), K + L]) as T;
}
