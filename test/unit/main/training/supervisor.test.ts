import { describe, expect, it, vi } from 'vitest';
import type { Application } from '../../../../src/main/application.ts';
import type { EventPayload, Input, JobMethodName, JobResult } from '../../../../src/shared/contract/index.ts';
import {
  folderWithData,
  once,
  open,
  runEnd,
  smallRun,
  trainUndisturbed,
} from '../../../faults/applications.ts';
import { smallGraph, temporaryFolder } from '../workspace.ts';

// Every test starts processes that train; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const fewExamples = () => folderWithData(undefined, 64);
const enoughToInterfere = () => folderWithData(undefined, 800);

/** The statuses of all runs as they change, `name: status`. */
function recordStatuses(application: Application): string[] {
  const statuses: string[] = [];
  application.on('run.changed', ({ name, status }) => {
    const entry = `${name}: ${status}`;
    if (!statuses.includes(entry)) statuses.push(entry);
  });
  return statuses;
}

/** Calls a method that answers with a job and resolves with the job's end. */
async function finishJob<M extends JobMethodName | 'lecture.follow'>(
  application: Application,
  method: M,
  input: Input<M>,
) {
  const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
  await application.call(method, input);
  return (await ended) as EventPayload<'job.changed'> & {
    result: M extends JobMethodName ? JobResult<M> : unknown;
  };
}

const inProgress = (application: Application, name: string, id: string) =>
  once(application, 'run.progress', ({ run, batch }) => run === id && batch > 1).then(() => name);

describe('the queue', () => {
  it('trains one run after another and tells an epoch only once it is stored', async () => {
    const application = open(await fewExamples());
    const statuses = recordStatuses(application);
    const stored: Promise<number[]>[] = [];
    application.on('run.epoch', ({ run }) => {
      stored.push(application.call('runs.curves', { run }).then(({ x }) => x));
    });
    const lastEnd = runEnd(application, 'second');
    expect(await application.call('training.start', smallRun('first', 2))).toMatchObject({
      status: 'queued',
      engine: 'auto',
    });
    await application.call('training.start', smallRun('second', 1));
    expect(await lastEnd).toMatchObject({
      status: 'done',
      engine: 'simd',
      epochsDone: 1,
      threads: 1,
      bestEpoch: 1,
    });
    expect(statuses).toEqual([
      'first: queued',
      'second: queued',
      'first: running',
      'first: done',
      'second: running',
      'second: done',
    ]);
    expect(await Promise.all(stored)).toEqual([[1], [1, 2], [1]]);
  });

  it('goes on with the next run while one is paused, and both end as if nothing had been', async () => {
    const application = open(await enoughToInterfere());
    const undisturbed = await trainUndisturbed(application, 'undisturbed', 10);
    const { id } = await application.call('training.start', smallRun('first', 10));
    await application.call('training.start', smallRun('second', 10));
    await inProgress(application, 'first', id);
    const secondEnd = runEnd(application, 'second');
    expect(await application.call('training.pause', { run: 'first' })).toMatchObject({ status: 'paused' });
    expect((await secondEnd).weightsSha256).toBe(undisturbed.weightsSha256);
    const firstEnd = runEnd(application, 'first');
    expect(await application.call('training.resume', { run: 'first' })).toMatchObject({ status: 'running' });
    expect((await firstEnd).weightsSha256).toBe(undisturbed.weightsSha256);
  });
});

describe('a profile', () => {
  it('is told before the end of the run that asked for it, and stands in its log', async () => {
    const application = open(await fewExamples());
    const told = once(application, 'run.profile', () => true);
    const end = runEnd(application, 'first');
    const { id } = await application.call('training.start', { ...smallRun('first', 2), profile: true });
    const { run, profile } = await told;
    expect(run).toBe(id);
    expect(profile.storing).toBeGreaterThan(0);
    await end;
    const log = await application.call('runs.log', { run: 'first' });
    const lines = log.map(({ message }) => message);
    expect(lines).toContainEqual(
      expect.stringMatching(/^Where an epoch of 0\.\d{3} s went \(mean of 1 epoch, 1 thread/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^SimpleRNN 8 8 forward +\d+ +0\.\d{3} s +[\d.]+ % +[\d.]+ +[\d.]+ %$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^Outside the engine: [\d.]+ % of the epoch\. /));
  });
});

describe('stopping', () => {
  it('saves the state of a running run and drops a queued one; both can be resumed', async () => {
    const application = open(await enoughToInterfere());
    const { id } = await application.call('training.start', smallRun('first', 10));
    await application.call('training.start', smallRun('second', 10));
    await inProgress(application, 'first', id);
    expect(await application.call('training.stop', { run: 'second' })).toMatchObject({
      status: 'stopped',
      epochsDone: 0,
    });
    expect(await application.call('training.stop', { run: 'first' })).toMatchObject({ status: 'stopped' });
    const checkpoints = await application.call('runs.checkpoints', { run: 'first' });
    expect(checkpoints.map(({ which }) => which)).toContain('last');
    expect(application.childPids()).toEqual([]);

    const ends = Promise.all([runEnd(application, 'first'), runEnd(application, 'second')]);
    await application.call('training.resume', { run: 'second' });
    await application.call('training.resume', { run: 'first' });
    const [first, second] = await ends;
    expect(first).toMatchObject({ status: 'done', epochsDone: 10 });
    expect(second.weightsSha256).toBe(first.weightsSha256);
    await expect(application.call('training.resume', { run: 'first' })).rejects.toMatchObject({
      code: 'run-not-resumable',
    });
  });

  it('happens to whatever runs when the application closes; the next one can resume it', async () => {
    const workspace = await enoughToInterfere();
    const application = open(workspace);
    const { id } = await application.call('training.start', smallRun('first', 10));
    await application.call('training.start', smallRun('waiting', 1));
    await inProgress(application, 'first', id);
    await application.close();

    const next = open(workspace);
    expect(await next.call('runs.show', { run: 'waiting' })).toMatchObject({ status: 'interrupted' });
    expect(await next.call('runs.show', { run: 'first' })).toMatchObject({
      status: 'interrupted',
      error: null,
    });
    const end = runEnd(next, 'first');
    await next.call('training.resume', { run: 'first' });
    expect(await end).toMatchObject({ status: 'done', epochsDone: 10 });
  });

  it('goes before removing a run that trains, which can be restored', async () => {
    const application = open(await enoughToInterfere());
    const { id } = await application.call('training.start', smallRun('first', 10));
    await inProgress(application, 'first', id);
    await application.call('runs.remove', { runs: ['first'] });
    expect(await application.call('runs.list', { archived: true })).toEqual([]);
    await application.call('runs.restore', { runs: [id] });
    expect(await application.call('runs.show', { run: 'first' })).toMatchObject({ status: 'stopped' });
  });
});

/** Nothing bounds what it gives, so a far too large step shows at once. */
const withLinearOutput = {
  ...smallGraph,
  nodes: smallGraph.nodes.map((node) => (node.type === 'Dense' ? { ...node, config: { units: 1 } } : node)),
};

describe('a run whose loss is no number any more', () => {
  it('fails with where it happened and is not resumed into the same', async () => {
    const application = open(await fewExamples());
    const end = runEnd(application, 'wild');
    const optimizer = { name: 'sgd', learning_rate: 1e30 } as const;
    const training = { epochs: 3, batch_size: 16, loss: 'mse', optimizer } as const;
    await application.call('training.start', {
      ...smallRun('wild'),
      model: withLinearOutput,
      training: { ...training, metrics: [] },
    });
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'training-diverged' } });
    const log = await application.call('runs.log', { run: 'wild' });
    expect(log.some(({ level, message }) => level === 'error' && message.includes('epoch'))).toBe(true);
    await expect(application.call('training.resume', { run: 'wild' })).rejects.toMatchObject({
      code: 'run-not-resumable',
    });
  });
});

describe('what a run has learnt', () => {
  it('is evaluated on a split and tried on texts and ids', async () => {
    const application = open(await fewExamples());
    const run = await trainUndisturbed(application, 'first', 1);
    const evaluated = await finishJob(application, 'runs.evaluate', { run: run.id, split: 'test' });
    expect(evaluated.error).toBeNull();
    expect(evaluated.result).toMatchObject({ examples: 64, split: 'test', checkpoint: 'best', epoch: 1 });
    expect(evaluated.result.loss).toBeGreaterThan(0);
    const again = await finishJob(application, 'runs.evaluate', { run: run.id, split: 'test' });
    expect(again.result).toEqual(evaluated.result);

    const predicted = await finishJob(application, 'runs.predict', {
      run: 'first',
      texts: ['word3 word1', 'word20'],
    });
    expect(predicted.result).toMatchObject([
      { text: 'word3 word1', words: ['word3', 'word1'] },
      { text: 'word20', words: ['word20'] },
    ]);
    const fromIds = await finishJob(application, 'runs.predict', {
      run: 'first',
      tokens: [[1, 6, 4]],
      checkpoint: 'best',
    });
    expect(fromIds.result[0]?.probabilities).toEqual(predicted.result[0]?.probabilities);
    const [probability] = fromIds.result[0]?.probabilities ?? [];
    expect(probability).toBeGreaterThan(0);
    expect(probability).toBeLessThan(1);
  });

  it('is refused before there is a checkpoint, and for a text without words', async () => {
    const application = open(await fewExamples());
    await application.call('training.start', smallRun('first', 1));
    await application.call('training.stop', { run: 'first' });
    const ended = await finishJob(application, 'runs.evaluate', { run: 'first' });
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'checkpoint-missing' } });
    await expect(application.call('runs.predict', { run: 'first', texts: ['!'] })).rejects.toMatchObject({
      code: 'text-empty',
    });
  });
});

describe('following the lecture without IMDB', () => {
  it('generates reviews and trains both models on the same split and seed', async () => {
    vi.stubEnv('KERAS_HOME', temporaryFolder());
    const application = open(temporaryFolder());
    const end = runEnd(application, 'lecture-lstm');
    const followed = await finishJob(application, 'lecture.follow', { limit: 50, epochs: 2 });
    expect(followed).toMatchObject({ state: 'done', result: { dataset: 'generated-reviews' } });
    expect(await end).toMatchObject({ status: 'done', epochsDone: 2 });
    const comparison = await application.call('compare.runs', {
      runs: ['lecture-simple-rnn', 'lecture-lstm'],
    });
    expect(comparison).toMatchObject({ controlled: true, cautions: [] });
    expect(comparison.metrics.map(({ name }) => name)).toEqual(['loss', 'acc', 'val_loss', 'val_acc']);
    vi.unstubAllEnvs();
  });
});
