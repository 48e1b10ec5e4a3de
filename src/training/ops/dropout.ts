/**
 * The op `dropout`: numbers times 0 with probability `rate`, else times 1 / (1 - rate), so that the mean stays. Which are
 * dropped is a function of seed, layer, epoch and batch (training/random.ts), the same on every engine.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../random.ts';
import { type StreamKey } from '../random.ts';

export const DROPOUT = 'UnrollDropout';

export interface DropoutAttributes extends tf.NamedAttrMap, StreamKey {
  rate: number;
}

/** What those that stay are multiplied by. */
export const keptFactor = (rate: number): number => (rate < 1 ? 1 / (1 - rate) : 0);

/** Factors of a shape, drawn one by one. */
export function dropoutFactors(shape: readonly number[], rate: number, random: RandomStream): tf.Tensor {
  const factors = new Float32Array(shape.reduce((product, n) => product * n, 1));
  const kept = keptFactor(rate);
  for (let i = 0; i < factors.length; i++) factors[i] = random.uniform() < rate ? 0 : kept;
  return tf.tensor(factors, [...shape]);
}

export function dropout(x: tf.Tensor, rate: number, random: RandomStream): tf.Tensor {
  if (!tf.getKernel(DROPOUT, tf.getBackend())) return tf.mul(x, dropoutFactors(x.shape, rate, random));
  return tf.engine().runKernel(DROPOUT, { x }, { ...random.key, rate });
}

tf.registerGradient({
  kernelName: DROPOUT,
  gradFunc: (dy, _, attributes) => ({
    x: () => tf.engine().runKernel(DROPOUT, { x: dy as tf.Tensor }, attributes),
  }),
});
