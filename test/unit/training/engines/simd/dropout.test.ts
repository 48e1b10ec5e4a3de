import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { simdEngine } from '../../../../../src/training/engines/simd/index.ts';
import { dropout, dropoutFactors } from '../../../../../src/training/ops/dropout.ts';
import { RandomStream } from '../../../../../src/training/random.ts';

it.each([1, 2])(
  'drops what the stream says, bit for bit, forward and back, on %i threads',
  async (threads) => {
    await simdEngine.start({ threads });
    const draws = () => new RandomStream(0x9e3779b9, 'dropout', 7, 4_000_000_000);
    for (const [shape, rate] of [
      [[7], 0.5],
      [[16], 0.3],
      [[3, 33], 0.1],
      [[5, 700, 21], 0.2],
      [[40], 1],
      [[40], 1e-12],
    ] as const) {
      const x = tf.tensor(
        Float32Array.from({ length: shape.reduce<number>((size, n) => size * n, 1) }, (_, i) => Math.sin(i)),
        [...shape],
      );
      const factors = dropoutFactors(shape, rate, draws());
      const { value, grad } = tf.valueAndGrad((of) => tf.sum(tf.mul(dropout(of, rate, draws()), x)))(
        x.clone(),
      );
      expect(dropout(x, rate, draws()).dataSync(), shape.join()).toEqual(tf.mul(x, factors).dataSync());
      expect(grad.dataSync(), shape.join()).toEqual(tf.mul(x, factors).dataSync());
      expect(value.size).toBe(1);
    }
    await simdEngine.stop();
  },
);
