/** A checkpoint of one engine goes on on another: the same steps, whichever engine made the first of them. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Learner, restore } from '../../src/training/learner.ts';
import { Model } from '../../src/training/model.ts';
import type { EngineName } from '../../src/shared/training.ts';
import { ENGINES_HERE, startEngine } from './engines.ts';
import { readFixtures } from './fixtures.ts';
import { relativeError } from './relative_error.ts';

type Arrays = Awaited<ReturnType<Learner['arrays']>>;
const fixture = readFixtures('lstm')[0]!;
const STEPS = 3;
/** Largest difference over the tensor's largest value: of float32 rounding, through three updates. */
const TOLERANCE = 1e-4;

/** Weights and slots after the steps `from` to `to`, beginning with those given, or with the fixture's weights. */
async function train(engine: EngineName, from: number, to: number, before: Arrays | null): Promise<Arrays> {
  const stop = await startEngine(engine);
  const learner = new Learner(new Model(fixture.header.graph, 1), fixture.training);
  try {
    restore(learner.model.weights, before?.weights ?? fixture.all('weight'));
    if (before) restore(learner.optimizer.slots, before.slots);
    learner.optimizer.iterations = from;
    for (let step = from; step < to; step++) {
      const inputs = fixture.step('input/input_layer', step);
      const targets = fixture.step('targets', step);
      const type = inputs.data instanceof Int32Array ? 'int32' : 'float32';
      const x = tf.tensor(inputs.data, inputs.shape, type);
      const y: tf.Tensor = tf.tensor(targets.data, targets.shape);
      await learner.trainBatch(x, y as tf.Tensor2D, 0, step);
    }
    return await learner.arrays();
  } finally {
    learner.dispose();
    await stop();
  }
}

// Engines that start again in one process register their kernels again, which tfjs otherwise warns of one by one.
tf.enableProdMode();

const pairs = ENGINES_HERE.flatMap((first) =>
  ENGINES_HERE.filter((second) => second !== first).map((second) => [first, second] as const),
);

describe('a checkpoint', () => {
  it.each(pairs)('begun on %s goes on on %s', async (first, second) => {
    const expected = await train('simd', 0, STEPS, null);
    const begun = await train(first, 0, 1, null);
    const actual = await train(second, 1, STEPS, begun);
    for (const part of ['weights', 'slots'] as const)
      for (const [i, { name, data }] of expected[part].entries())
        expect(relativeError(actual[part][i]!.data, data), name).toBeLessThanOrEqual(TOLERANCE);
  });
});
