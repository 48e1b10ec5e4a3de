/** The training loop on a tiny problem: learning, resuming bit for bit, pausing, stopping, callbacks, divergence, memory. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/shared/checkpoint.ts';
import type { FromChild } from '../../../src/shared/protocol.ts';
import { Control } from '../../../src/training/control.ts';
import { referenceEngine } from '../../../src/training/engines/reference.ts';
import { weightsHash } from '../../../src/training/fit.ts';
import { LSTM, fitTiny, positionOf, tinyGraph, withWeights } from './tiny.ts';
import type { TinyRun } from './tiny.ts';

type Message<T extends FromChild['type']> = Extract<FromChild, { type: T }>;
const of = <T extends FromChild['type']>(run: TinyRun, type: T) =>
  run.messages.filter((message): message is Message<T> => message.type === type);
const epochs = (run: TinyRun) =>
  of(run, 'epoch').map(({ epoch, logs, learningRate, isBest }) => ({ epoch, logs, learningRate, isBest }));

const dropout = tinyGraph(
  ['SimpleRNN', { units: 4, return_sequences: true, dropout: 0.2 }],
  ['LSTM', { units: 3, recurrent_dropout: 0.2 }],
  ['Dropout', { rate: 0.3 }],
);
const adam = { name: 'adam', learning_rate: 0.05 };
const everything = {
  optimizer: { ...adam, clipnorm: 1 },
  epochs: 4,
  early_stopping: { patience: 2, restore_best_weights: true },
  reduce_lr_on_plateau: { patience: 1, factor: 0.5 },
};

beforeAll(async () => {
  await referenceEngine.start({ threads: null });
});

describe('training', () => {
  it('learns', async () => {
    const run = await fitTiny({ optimizer: adam, epochs: 12 }, { examples: 200 });
    const logs = of(run, 'epoch').map((message) => message.logs);
    expect(Object.keys(logs[0]!)).toEqual(['loss', 'acc', 'val_loss', 'val_acc']);
    expect(logs.at(-1)!.val_acc).toBeGreaterThan(0.95);
    expect(logs.at(-1)!.loss).toBeLessThan(0.2 * logs[0]!.loss!);
    expect(of(run, 'done')[0]).toMatchObject({
      epochs: 12,
      stoppedEarly: false,
      weightsSha256: await weightsHash(run.learner.model.weights),
    });
    run.learner.dispose();
  });

  it('repeats itself with the same seed and differs with another', async () => {
    const [first, again, other] = [
      await fitTiny({ seed: 4 }),
      await fitTiny({ seed: 4 }),
      await fitTiny({ seed: 5 }),
    ];
    expect(again.sha256).toBe(first.sha256);
    expect(epochs(again)).toEqual(epochs(first));
    expect(other.sha256).not.toBe(first.sha256);
  });

  it('weighs epoch means by examples, the last smaller batch too', async () => {
    const run = await fitTiny({ epochs: 1, optimizer: { name: 'sgd', learning_rate: 1e-30 } });
    const whole = await fitTiny({
      epochs: 1,
      batch_size: 64,
      optimizer: { name: 'sgd', learning_rate: 1e-30 },
    });
    expect(of(run, 'epoch')[0]!.logs.loss).toBeCloseTo(of(whole, 'epoch')[0]!.logs.loss!, 6);
    expect(of(run, 'epoch')[0]!.logs.acc).toBe(of(whole, 'epoch')[0]!.logs.acc);
  });
});

it('goes on counting the updates that an imported model came with, and knows the loss it began with', async () => {
  const sgd = { optimizer: { name: 'sgd', learning_rate: 0.1 }, epochs: 1 };
  const before = await fitTiny(sgd);
  const { weights, position } = decodeCheckpoint(of(before, 'epoch')[0]!.last);
  const imported = encodeCheckpoint({
    position: { ...position, epoch: 0, batch: 0, callbacks: {} },
    weights,
    slots: [],
  });
  const after = await fitTiny(sgd, { checkpoint: imported });
  const { iterations, callbacks } = decodeCheckpoint(of(after, 'epoch')[0]!.last).position;
  expect(iterations).toBe(2 * position.iterations);
  expect(callbacks.loss_explosion!.start).toBeGreaterThan(0);
});

describe('resuming', () => {
  it('ends in the same bits from every checkpoint, with dropout and callbacks', async () => {
    const graph = dropout;
    const whole = await fitTiny(everything, { graph, checkpointEveryMs: 0, examples: 60 });
    const checkpoints = [...of(whole, 'checkpoint'), ...of(whole, 'epoch')].map(({ last }) => last);
    expect(checkpoints.length).toBeGreaterThan(12);
    for (const checkpoint of checkpoints.filter((_, i) => i % 3 === 0 || i === checkpoints.length - 1)) {
      const resumed = await fitTiny(everything, { graph, checkpoint, examples: 60 });
      expect(resumed.sha256, JSON.stringify(positionOf(checkpoint))).toBe(whole.sha256);
      const missed = epochs(whole).length - epochs(resumed).length;
      expect(epochs(resumed)).toEqual(epochs(whole).slice(missed));
    }
  });

  it('refuses a checkpoint of another model', async () => {
    const run = await fitTiny({ epochs: 1 });
    const checkpoint = of(run, 'epoch')[0]!.last;
    const resumed = fitTiny({ epochs: 2 }, { checkpoint, graph: tinyGraph(['LSTM', { units: 6 }]) });
    await expect(resumed).rejects.toMatchObject({ code: 'file-damaged' });
  });
});

describe('control', () => {
  it('stops with a checkpoint from which training goes on to the same end', async () => {
    const whole = await fitTiny({});
    const control = new Control();
    const stopped = await fitTiny(
      {},
      { control, reportEveryMs: 0, onMessage: ({ type }) => type === 'progress' && control.stop() },
    );
    expect(stopped.messages.slice(-2).map(({ type }) => type)).toEqual(['checkpoint', 'stopped']);
    expect(stopped.sha256).toBeNull();
    const checkpoint = of(stopped, 'checkpoint')[0]!.last;
    expect(positionOf(checkpoint)).toEqual({ epoch: 0, batch: 1 });
    expect((await fitTiny({}, { checkpoint })).sha256).toBe(whole.sha256);
  });

  it('pauses with a checkpoint and continues where it was', async () => {
    const control = new Control();
    const onMessage = ({ type }: FromChild) => {
      if (type === 'progress') control.pause();
      if (type === 'paused') setTimeout(() => control.continue(), 1);
    };
    const paused = await fitTiny({ epochs: 1 }, { control, reportEveryMs: 0, onMessage });
    expect(of(paused, 'paused').length).toBeGreaterThan(2);
    expect(paused.sha256).toBe((await fitTiny({ epochs: 1 })).sha256);
  });

  it('stops while paused', async () => {
    const control = new Control();
    const onMessage = ({ type }: FromChild) => {
      if (type === 'progress') control.pause();
      if (type === 'paused') setTimeout(() => control.stop(), 1);
    };
    const run = await fitTiny({}, { control, reportEveryMs: 0, onMessage });
    expect(run.messages.at(-1)).toEqual({ type: 'stopped' });
  });
});

describe('early stopping', () => {
  it('ends in the best weights where asked', async () => {
    const settings = {
      optimizer: { name: 'adam', learning_rate: 0.3 },
      epochs: 30,
      early_stopping: { patience: 2, restore_best_weights: true },
    };
    const run = await fitTiny(settings);
    const best = of(run, 'epoch')
      .filter(({ isBest }) => isBest)
      .at(-1)!;
    expect(of(run, 'done')[0]).toMatchObject({ stoppedEarly: true, epochs: best.epoch + 2 });
    const { weights } = decodeCheckpoint(best.last);
    expect(decodeCheckpoint(of(run, 'checkpoint').at(-1)!.last).weights).toEqual(weights);
    run.learner.model.weights.forEach(({ variable }, i) =>
      expect(variable.dataSync()).toEqual(weights[i]!.data),
    );
  });
});

describe('divergence', () => {
  it('stops and says where, and no checkpoint holds a number that is not finite', async () => {
    const messages: FromChild[] = [];
    const settings = { optimizer: { name: 'sgd', learning_rate: 1e12 }, epochs: 2 };
    const graph = tinyGraph(['SimpleRNN', { units: 5, activation: 'relu' }]);
    const run = fitTiny(settings, {
      graph,
      checkpointEveryMs: 0,
      onMessage: (message) => messages.push(message),
    });
    await expect(run).rejects.toMatchObject({
      code: 'training-diverged',
      message: expect.stringMatching(
        /^The output of the layer n2_SimpleRNN was no finite number at epoch 1, batch [2-4]\.$/,
      ),
      hint: expect.stringMatching(/1000000000000.*is kept/),
    });
    for (const message of messages) {
      if (message.type !== 'checkpoint') continue;
      expect(decodeCheckpoint(message.last).weights.every(({ data }) => data.every(Number.isFinite))).toBe(
        true,
      );
    }
  });

  it('names the layer whose gradient broke the weights', async () => {
    const graph = tinyGraph(['SimpleRNN', { units: 5, activation: 'relu' }]);
    const run = fitTiny({ optimizer: { name: 'sgd', learning_rate: 1e39 } }, { graph });
    // Nearest to the output, where the gradient comes from.
    const message = 'The gradient of the layer n3_Dense was no finite number at epoch 1, batch 1.';
    await expect(run).rejects.toMatchObject({ code: 'training-diverged', message });
  });

  it('promises no checkpoint before there is one', async () => {
    const graph = tinyGraph(['SimpleRNN', { units: 5, activation: 'relu' }]);
    const run = fitTiny({ optimizer: { name: 'sgd', learning_rate: 1e12 } }, { graph });
    await expect(run).rejects.toMatchObject({ hint: expect.not.stringContaining('is kept') });
  });

  it('warns once, in the log, of a loss that stays finite but explodes', async () => {
    const wild = { optimizer: { name: 'sgd', learning_rate: 1e9 }, epochs: 3 };
    const warnings = of(await fitTiny(wild), 'log');
    expect(warnings).toMatchObject([
      { level: 'warn', message: expect.stringMatching(/exploded.*1,000,000,000/) },
    ]);
    expect(of(await fitTiny({ epochs: 3 }), 'log')).toEqual([]);
  });

  it('measures an explosion from the first batch of all, also after a resume within the first epoch', async () => {
    const wild = { optimizer: { name: 'sgd', learning_rate: 1e9 }, epochs: 1 };
    const whole = await fitTiny(wild, { checkpointEveryMs: 0 });
    const within = of(whole, 'checkpoint')[0]!.last;
    expect(of(await fitTiny(wild, { checkpoint: within }), 'log')).toEqual(of(whole, 'log'));
  });

  it('is noticed at the next batch after a resume', async () => {
    const good = of(await fitTiny({ epochs: 1 }), 'epoch')[0]!.last;
    const broken = withWeights(good, () => NaN);
    await expect(fitTiny({ epochs: 2 }, { checkpoint: broken })).rejects.toMatchObject({
      message: expect.stringContaining('at epoch 2, batch 1'),
    });
  });
});

describe('memory', () => {
  it('does not grow from epoch to epoch and is all given back', async () => {
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    const run = await fitTiny(
      { ...everything, early_stopping: null },
      { graph: dropout, onMessage: ({ type }) => type === 'epoch' && counts.push(tf.memory().numTensors) },
    );
    expect(new Set(counts).size).toBe(1);
    run.learner.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is not shared between models of one process', async () => {
    const run = await fitTiny(
      { epochs: 1 },
      { graph: tinyGraph(LSTM, ['Dense', { units: 3, activation: 'relu' }]) },
    );
    const hash = await weightsHash(run.learner.model.weights);
    (await fitTiny({ epochs: 1, seed: 9 })).learner.dispose();
    expect(await weightsHash(run.learner.model.weights)).toBe(hash);
  });
});
