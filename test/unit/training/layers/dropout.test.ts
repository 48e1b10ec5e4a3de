import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { referenceEngine } from '../../../../src/training/engines/reference.ts';
import { DropoutLayer } from '../../../../src/training/layers/dropout.ts';
import { dropoutFactors } from '../../../../src/training/ops/dropout.ts';
import { RandomStream } from '../../../../src/training/random.ts';

beforeAll(async () => {
  await referenceEngine.start({ threads: null });
});

describe('dropout', () => {
  const random = (purpose: string) => new RandomStream(1, purpose, 2, 3);

  it('drops the share asked for and keeps the mean', () => {
    const factors = dropoutFactors([100, 100], 0.3, random('dropout'));
    const values = factors.dataSync<'float32'>();
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    expect(values.reduce((sum, x) => sum + x, 0) / values.length).toBeCloseTo(1, 1);
    factors.dispose();
  });

  it('drops a feature at all steps at once where its shape says so, whatever size it gives the batch', () => {
    const x = tf.ones([3, 4, 5]);
    for (const batch of [null, 8]) {
      const layer = new DropoutLayer('dropout', 0.5, [batch, 1, null]);
      const dropped = layer.call(x, { training: true, masks: [null], random });
      const [first, ...others] = tf.unstack(dropped, 1).map((step) => step.dataSync().join());
      expect(new Set(others)).toEqual(new Set([first]));
      expect(new Set(dropped.dataSync())).toEqual(new Set([0, 2]));
    }
  });

  it('is the same for the same seed, layer, epoch and batch, and acts in training alone', () => {
    const layer = new DropoutLayer('dropout', 0.5, null);
    const x = tf.ones([4, 25]);
    const call = (training: boolean) => layer.call(x, { training, masks: [null], random }).dataSync();
    expect(call(true)).toEqual(call(true));
    expect(new Set(call(true))).toEqual(new Set([0, 2]));
    expect(call(false)).toEqual(x.dataSync());
  });
});
