/** Training on a graphics adapter from end to end: memory, losing the device, and going on elsewhere. In software in CI. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FromChild } from '../../../../../src/shared/protocol.ts';
import { BatchQueue } from '../../../../../src/training/batch-queue.ts';
import type { GpuBackend } from '../../../../../src/training/engines/webgpu/backend.ts';
import { chooseEngine } from '../../../../../src/training/engines/index.ts';
import { trainingSchema } from '../../../../../src/shared/training.ts';
import type { Engine } from '../../../../../src/training/engines/engine.ts';
import { Learner, targetsOf } from '../../../../../src/training/learner.ts';
import { Model } from '../../../../../src/training/model.ts';
import { ENGINES_HERE, inFull } from '../../../../conformance/engines.ts';
import { fitTiny, LSTM, T, tinyExamples, tinyGraph } from '../../tiny.ts';

const adam = { name: 'adam', learning_rate: 0.01 };
const STEPS = inFull ? 500 : 60;
/** Steps until every buffer there will be has been made. */
const WARM = 30;

let engine: Engine | null = null;
async function start(name: 'webgpu' | 'simd'): Promise<void> {
  await engine?.stop();
  engine = await chooseEngine(name);
  await engine.start({ threads: 1 });
}

const deviceOf = (backend: unknown): GPUDevice => (backend as { device: GPUDevice }).device;

/** The shaders of ours that a forward pass takes. */
async function shadersRun(): Promise<string[]> {
  const learner = new Learner(new Model(tinyGraph(LSTM), 1), trainingSchema.parse({ batch_size: 4 }));
  const examples = tinyExamples(4);
  const order = Uint32Array.from({ length: 4 }, (_, i) => i);
  const targets = targetsOf(examples.labelsOf(order, 0, 4), 1, 'binary_crossentropy');
  const pipeline = vi.spyOn(tf.backend() as GpuBackend, 'pipeline');
  await learner.evaluateBatch(examples.inputs(order, 0, 4), targets);
  const names = pipeline.mock.calls.map(([{ name }]) => name);
  pipeline.mockRestore();
  learner.dispose();
  return names;
}

/** The last checkpoint that was sent. */
const lastOf = (messages: readonly FromChild[]): Uint8Array =>
  messages.flatMap((message) => (message.type === 'epoch' ? [message.last] : [])).at(-1)!;

describe.runIf(ENGINES_HERE.includes('webgpu'))('the engine webgpu', () => {
  beforeAll(() => start('webgpu'));
  afterEach(() => engine?.stop());

  it('learns what the engine simd learns, and the same bits each time', async () => {
    await start('webgpu');
    const first = await fitTiny({ optimizer: adam });
    const again = await fitTiny({ optimizer: adam });
    const weights = await first.learner.arrays();
    [first, again].forEach(({ learner }) => learner.dispose());
    expect(again.sha256).toBe(first.sha256);
    await start('simd');
    const expected = await fitTiny({ optimizer: adam });
    const { weights: wanted } = await expected.learner.arrays();
    expected.learner.dispose();
    weights.weights.forEach(({ data }, i) =>
      data.forEach((value, at) => expect(Math.abs(value - wanted[i]!.data[at]!)).toBeLessThan(1e-4)),
    );
  });

  it('needs no more tensors or bytes after many steps', async () => {
    await start('webgpu');
    const training = trainingSchema.parse({ batch_size: 16, optimizer: adam });
    const learner = new Learner(new Model(tinyGraph(LSTM), 1), training);
    const examples = tinyExamples(32);
    const order = Uint32Array.from({ length: 32 }, (_, i) => i);
    const queue = new BatchQueue(learner, engine!);
    const taken: unknown[] = [];
    for (let batch = 0; batch < STEPS; batch++) {
      const from = 16 * (batch % 2);
      const targets = targetsOf(examples.labelsOf(order, from, from + 16), 1, 'binary_crossentropy');
      await queue.train(examples.inputs(order, from, from + 16), targets, 0, batch);
      if (batch % 20 === 0) await queue.results();
      const { numTensors, numDataBuffers } = tf.memory();
      if (batch >= WARM) taken.push([numTensors, numDataBuffers, engine!.peakBytes!()].join());
    }
    expect(new Set(taken).size).toBe(1);
    queue.dispose();
    learner.dispose();
  }, 120_000);

  it('predicts for a batch that is too large for a piece of memory in parts', async () => {
    await start('webgpu');
    const training = trainingSchema.parse({ batch_size: 16 });
    const learner = new Learner(new Model(tinyGraph(LSTM), 1), training);
    const examples = tinyExamples(23);
    const order = Uint32Array.from({ length: 23 }, (_, i) => i);
    const predict = async () => {
      const targets = targetsOf(examples.labelsOf(order, 0, 23), 1, 'binary_crossentropy');
      return (await learner.evaluateBatch(examples.inputs(order, 0, 23), targets)).output;
    };
    const whole = await predict();
    // Room for the gates of five sequences.
    const most = 4 * T * 4 * 5 * 5;
    const { limits } = deviceOf(tf.backend());
    vi.spyOn(limits, 'maxStorageBufferBindingSize', 'get').mockReturnValue(most);
    expect(await predict()).toEqual(whole);
    learner.dispose();
  });

  it('goes by the device in force, not by the first of the process: a smaller one goes step by step', async () => {
    await start('webgpu');
    expect(await shadersRun()).toContain('LSTM forward');
    await start('webgpu');
    const { limits } = deviceOf(tf.backend());
    vi.spyOn(limits, 'maxComputeWorkgroupStorageSize', 'get').mockReturnValue(16);
    expect(await shadersRun()).toContain('LSTM forward step, phase 1');
  });

  it('names the device when it is lost, and another engine goes on from the last checkpoint', async () => {
    await start('webgpu');
    const device = deviceOf(tf.backend());
    const messages: FromChild[] = [];
    const lost = fitTiny(
      { optimizer: adam },
      {
        onMessage(message) {
          messages.push(message);
          if (message.type === 'epoch') device.destroy();
        },
      },
    );
    await expect(lost).rejects.toMatchObject({
      code: 'device-lost',
      message: expect.stringContaining('lost') as string,
    });
    await start('simd');
    const rest = await fitTiny({ optimizer: adam }, { checkpoint: lastOf(messages) });
    const epochs = rest.messages.filter(({ type }) => type === 'epoch');
    expect(epochs).toHaveLength(2);
    expect(rest.messages.at(-1)).toMatchObject({ type: 'done', epochs: 3 });
    rest.learner.dispose();
  });
});
