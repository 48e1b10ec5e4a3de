/** What training on a graphics adapter waits for: results seldom, and before the first batch that all shaders are valid. */
import { globals } from 'webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { trainingSchema } from '../../../../../src/shared/training.ts';
import { BatchQueue } from '../../../../../src/training/batch-queue.ts';
import { splitForValidation } from '../../../../../src/training/data.ts';
import type { Engine } from '../../../../../src/training/engines/engine.ts';
import { chooseEngine } from '../../../../../src/training/engines/index.ts';
import { Learner } from '../../../../../src/training/learner.ts';
import { Model } from '../../../../../src/training/model.ts';
import { rehearse } from '../../../../../src/training/rehearsal.ts';
import { ENGINES_HERE } from '../../../../conformance/engines.ts';
import { fitTiny, LSTM, tinyExamples, tinyGraph } from '../../tiny.ts';

let engine: Engine;
const device = (): GPUDevice => (tf.backend() as unknown as { device: GPUDevice }).device;

/** How often something was mapped to be read on this side since. */
function countReads(): () => number {
  const { GPUBuffer } = globals as unknown as { GPUBuffer: { prototype: GPUBuffer } };
  const spy = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
  onTestFinished(() => spy.mockRestore());
  const before = spy.mock.calls.length;
  return () => spy.mock.calls.length - before;
}

const weightsOf = async ({ learner }: { learner: Learner }) => {
  const { weights, slots } = await learner.arrays();
  learner.dispose();
  return [...weights, ...slots];
};

describe.runIf(ENGINES_HERE.includes('webgpu'))('training on webgpu', () => {
  beforeEach(async () => {
    engine = await chooseEngine('webgpu');
    await engine.start({ threads: 1 });
  });
  afterEach(() => engine.stop());

  it('reads losses and outputs back once an interval, whatever the number of batches', async () => {
    const settings = { epochs: 1, validation_split: 0, batch_size: 4 };
    const readsFor = async (examples: number) => {
      const reads = countReads();
      const { learner, messages } = await fitTiny(settings, { engine, examples });
      const trained = reads();
      learner.dispose();
      expect(messages.filter(({ type }) => type === 'batch')).toHaveLength(1);
      return trained;
    };
    const few = await readsFor(40);
    expect(await readsFor(160)).toBe(few);
  });

  it('gives the same losses and bits as reading every batch', async () => {
    const settings = { batch_size: 8, optimizer: { name: 'adam', learning_rate: 0.01, clipnorm: 0.05 } };
    const each = await fitTiny(settings, { reportEveryMs: 0 });
    const seldom = await fitTiny(settings, { engine });
    const [a, b] = [each, seldom].map(({ messages }) =>
      messages.flatMap((message) => (message.type === 'epoch' ? Object.values(message.logs) : [])),
    ) as [number[], number[]];
    expect(b).toHaveLength(a.length);
    b.forEach((value, i) => expect(value).toBeCloseTo(a[i]!, 4));
    const [expected, found] = [await weightsOf(each), await weightsOf(seldom)];
    found.forEach(({ data }, i) =>
      data.forEach((value, at) => expect(value).toBeCloseTo(expected[i]!.data[at]!, 4)),
    );
  });

  it('goes on from a checkpoint within an epoch to the same bits and losses', async () => {
    const settings = { batch_size: 8, epochs: 2, optimizer: { name: 'adam' } };
    const whole = await fitTiny(settings, { engine, checkpointEveryMs: 0 });
    whole.learner.dispose();
    const within = whole.messages.flatMap((message) =>
      message.type === 'checkpoint' && message.batch === 5 ? [message.last] : [],
    );
    const rest = await fitTiny(settings, { engine, checkpoint: within[0]! });
    rest.learner.dispose();
    expect(rest.sha256).toBe(whole.sha256);
    const logs = ({ messages }: typeof rest) =>
      messages.flatMap((message) => (message.type === 'epoch' ? [message.logs] : []));
    expect(logs(rest)).toEqual(logs(whole));
  });

  it('keeps the weights from the first loss on that is not finite, and names its batch', async () => {
    const examples = tinyExamples(80);
    examples.labels.fill(NaN, 20, 30);
    const settings = { batch_size: 10, shuffle: false, validation_split: 0, epochs: 1 };
    const diverged = fitTiny(settings, { engine, data: examples });
    await expect(diverged).rejects.toMatchObject({
      code: 'training-diverged',
      message: expect.stringMatching(/epoch 1, batch 3/) as string,
    });
  });

  it.each([
    { name: 'rmsprop', momentum: 0.5, centered: true },
    { name: 'sgd', momentum: 0.9, nesterov: true },
    { name: 'sgd', global_clipnorm: 0.01 },
  ])('takes the steps of $name as plain tensorflow.js does: %o', async (optimizer) => {
    const settings = { optimizer: { learning_rate: 0.01, ...optimizer }, epochs: 2 };
    const found = await weightsOf(await fitTiny(settings, { engine }));
    await engine.stop();
    engine = await chooseEngine('reference');
    await engine.start({ threads: 1 });
    const expected = await weightsOf(await fitTiny(settings));
    found.forEach(({ name, data }, i) => {
      expect(name).toBe(expected[i]!.name);
      data.forEach((value, at) => expect(value).toBeCloseTo(expected[i]!.data[at]!, 4));
    });
  });

  describe('before the first batch', () => {
    const training = trainingSchema.parse({ batch_size: 16 });
    const examples = tinyExamples(50);
    const split = splitForValidation(examples.count, training);

    it('goes through everything once, and leaves weights, slots and the count of updates', async () => {
      const learner = new Learner(new Model(tinyGraph(LSTM), 1), training);
      const before = await learner.arrays();
      const kept = structuredClone(before);
      await rehearse(learner, examples, split, training, engine);
      expect(await learner.arrays()).toEqual(kept);
      expect(learner.optimizer.iterations).toBe(0);
      const compiled = vi.spyOn(device(), 'createComputePipeline');
      const order = Uint32Array.from({ length: 50 }, (_, i) => i);
      const targets = tf.tensor2d(examples.labelsOf(order, 0, 16), [16, 1]);
      const queue = new BatchQueue(learner, engine);
      await queue.train(examples.inputs(order, 0, 16), targets, 0, 0);
      expect(await queue.results()).toMatchObject([{ batch: 0, examples: 16 }]);
      queue.dispose();
      expect(compiled).not.toHaveBeenCalled();
      learner.dispose();
    });

    it.each([
      ['LSTM backward', 'dz[', /compute LSTM backward: /],
      ['rmsprop step', 'variable[at]', /compute rmsprop step.*: /],
      ['MatMul', '@compute', /compute MatMul\S* of tensorflow\.js: /],
    ])(
      'fails with the name of a shader the device does not take, and whose it is: %s',
      async (name, part, words) => {
        const create = device().createShaderModule.bind(device());
        vi.spyOn(device(), 'createShaderModule').mockImplementation(({ code, label = '' }) => {
          const isMeant = label.includes(name);
          return create({ label, code: isMeant ? code.replace(part, 'not WGSL') : code });
        });
        const learner = new Learner(new Model(tinyGraph(LSTM), 1), training);
        await expect(rehearse(learner, examples, split, training, engine)).rejects.toMatchObject({
          code: 'shader-failed',
          message: expect.stringMatching(words) as string,
        });
      },
    );
  });
});
