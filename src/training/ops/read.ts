/** Reading tensors back, at once where their engine can. */
import * as tf from '@tensorflow/tfjs-core';

const awaited = new Set<string>();

/** A backend whose tensors are elsewhere says so: they are read by awaiting them. */
export function readByAwaiting(backend: string): void {
  awaited.add(backend);
}

/** A float32 tensor's values, to be read before the next batch. */
export function valuesOf(tensor: tf.Tensor): Promise<Float32Array> {
  return awaited.has(tf.getBackend())
    ? tensor.data<'float32'>()
    : Promise.resolve(tensor.dataSync<'float32'>());
}
