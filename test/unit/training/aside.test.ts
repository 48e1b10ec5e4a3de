/** Looking at the gradient beside an engine that has to be waited for: training goes on there as if nothing had been. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import type { FromChild } from '../../../src/shared/protocol.ts';
import { trainingSchema } from '../../../src/shared/training.ts';
import { AsideWatch } from '../../../src/training/flow/aside.ts';
import { Learner, targetsOf } from '../../../src/training/learner.ts';
import { weightsHash } from '../../../src/training/fit.ts';
import { Model } from '../../../src/training/model.ts';
import { ENGINES_HERE, startEngine } from '../../conformance/engines.ts';
import { LSTM, tinyExamples, tinyGraph } from './tiny.ts';

const training = trainingSchema.parse({ batch_size: 16 });
const order = Uint32Array.from({ length: 32 }, (_, i) => i);

async function trained(look: (learner: Learner, epoch: number) => Promise<void>): Promise<string> {
  const graph = tinyGraph(LSTM);
  const learner = new Learner(new Model(graph, 1), training);
  const data = tinyExamples(32);
  for (let batch = 0; batch < 6; batch++) {
    const from = 16 * (batch % 2);
    const targets = targetsOf(data.labelsOf(order, from, from + 16), 1, 'binary_crossentropy');
    await learner.trainBatch(data.inputs(order, from, from + 16), targets, 0, batch);
    if (batch % 2) await look(learner, (batch + 1) / 2);
  }
  const hash = await weightsHash(learner.model.weights);
  learner.dispose();
  return hash;
}

it.runIf(ENGINES_HERE.includes('webgpu'))(
  'sends norms of each step, and changes nothing of what is learned',
  async () => {
    const stop = await startEngine('webgpu');
    const clock = vi.spyOn(performance, 'now');
    const sent: FromChild[] = [];
    let watch: AsideWatch | null = null;
    let now = 0;
    clock.mockImplementation(() => now);
    const looked = await trained(async (learner, epoch) => {
      watch ??= new AsideWatch(tinyGraph(LSTM), learner, tinyExamples(32), training, (message) =>
        sent.push(message),
      );
      now += 100_000;
      await watch.behind(epoch, 2);
      expect(tf.getBackend()).toBe('webgpu');
    });
    clock.mockRestore();
    await watch!.stop();
    expect(sent).toHaveLength(3);
    const last = sent.at(-1) as Extract<FromChild, { type: 'gradient' }>;
    expect(last).toMatchObject({ type: 'gradient', epoch: 3, batch: 2 });
    expect(last.layers[0]!.norms.every((norm) => norm > 0)).toBe(true);
    expect(looked).toBe(await trained(() => Promise.resolve()));
    await stop();
  },
);
