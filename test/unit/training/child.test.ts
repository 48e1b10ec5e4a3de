/** The training child as a real process over real IPC, on a real workspace. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Dataset } from '../../../src/shared/data/dataset.ts';
import type { FromChild, Job, ToChild } from '../../../src/shared/protocol.ts';
import { preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';
import { ENGINES_HERE } from '../../conformance/engines.ts';
import { insertSmallDataset, smallGraph, temporaryWorkspace } from '../main/workspace.ts';

const entry = fileURLToPath(new URL('../../../src/training/child.ts', import.meta.url));
type Message<T extends FromChild['type']> = Extract<FromChild, { type: T }>;

/** A child that is ended with the test. */
class Child {
  readonly process: ChildProcess;
  readonly messages: FromChild[] = [];
  #waiting: (() => void)[] = [];

  constructor(environment: NodeJS.ProcessEnv = {}) {
    this.process = fork(entry, {
      execArgv: [],
      env: { ...process.env, ...environment },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.process.on('message', (message: FromChild) => {
      this.messages.push(message);
      this.#wake();
    });
    this.process.on('exit', () => this.#wake());
    onTestFinished(() => void this.process.kill('SIGKILL'));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  send(message: ToChild): void {
    this.process.send(message);
  }

  /** The first message of a type that is yet to be asked for; fails with what the child reports instead. */
  async next<T extends FromChild['type']>(type: T): Promise<Message<T>> {
    for (;;) {
      const index = this.messages.findIndex((message) => message.type === type);
      if (index >= 0) return this.messages.splice(index, 1)[0] as Message<T>;
      const failed = this.messages.find((message) => message.type === 'failed');
      if (failed) throw new Error(failed.error.message);
      if (this.process.exitCode !== null) throw new Error('The child has ended.');
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }
}

const base = {
  graph: smallGraph,
  preprocessing: preprocessingSchema.parse({ num_words: null, maxlen: 12 }),
  training: trainingSchema.parse({ epochs: 2, batch_size: 16, optimizer: { name: 'adam' } }),
  engine: 'reference',
  threads: 1,
} as const;

const trainJob = (databasePath: string, dataset: Dataset, more: Partial<Job> = {}): Job =>
  ({
    kind: 'train',
    ...base,
    databasePath,
    dataset,
    checkpoint: null,
    reportEveryMs: 0,
    checkpointEveryMs: 60_000,
    ...more,
  }) as Job;

async function prepared(): Promise<{ databasePath: string; dataset: Dataset }> {
  const { db, databasePath } = temporaryWorkspace();
  return { databasePath, dataset: await insertSmallDataset(db) };
}

describe('the training child', () => {
  it('trains, then evaluates and predicts with what it trained', async () => {
    const { databasePath, dataset } = await prepared();
    const child = new Child();
    child.send({ type: 'job', job: trainJob(databasePath, dataset) });
    expect(await child.next('ready')).toMatchObject({
      engine: 'reference',
      threads: 1,
      trainExamples: 51,
      validationExamples: 13,
      batchesPerEpoch: 4,
      parameters: 24 * 4 + 50 + 6,
    });
    const first = await child.next('epoch');
    expect(first).toMatchObject({ epoch: 1, isBest: true, learningRate: 0.001 });
    expect(Object.keys(first.logs)).toEqual(['loss', 'acc', 'val_loss', 'val_acc']);
    expect(first.peakBytes).toBeGreaterThan(1e6);
    const { last: checkpoint } = await child.next('epoch');
    expect(await child.next('done')).toMatchObject({
      epochs: 2,
      stoppedEarly: false,
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });

    child.send({
      type: 'job',
      job: { kind: 'evaluate', ...base, databasePath, dataset, split: 'test', checkpoint },
    });
    const evaluated = await child.next('evaluated');
    expect(evaluated).toMatchObject({ examples: 64, outputs: 1 });
    expect(evaluated.predictions).toHaveLength(64);
    const right = evaluated.predictions.filter(
      (p, number) => Number(p > 0.5) === Number(1 + ((number * 7) % 20) <= 10),
    ).length;
    expect(evaluated.acc).toBeCloseTo(right / 64, 6);

    // Example 5 of the test split, as ids: the same sequence gives the same probability.
    const ids = Int32Array.from([1, ...Array.from({ length: 6 }, (_, step) => 4 + ((35 + step * 3) % 20))]);
    child.send({
      type: 'job',
      job: { kind: 'predict', ...base, sequences: [ids, Int32Array.of(1)], checkpoint },
    });
    const predicted = await child.next('predicted');
    expect(predicted.probabilities).toHaveLength(2);
    expect(predicted.probabilities[0]).toBeCloseTo(evaluated.predictions[5]!, 6);
  }, 30_000);

  it('pauses, continues and stops while training, and ends in the same weights when resumed', async () => {
    const { databasePath, dataset } = await prepared();
    const training = trainingSchema.parse({ ...base.training, epochs: 40 });
    const engine = 'simd';
    const child = new Child();
    child.send({ type: 'job', job: trainJob(databasePath, dataset, { training, engine }) });
    await child.next('epoch');
    child.send({ type: 'pause' });
    await child.next('paused');
    const paused = child.messages.length;
    child.send({ type: 'continue' });
    await child.next('progress');
    child.send({ type: 'stop' });
    await child.next('stopped');
    expect(child.messages.length).toBeGreaterThanOrEqual(paused - 1);
    const checkpoint = child.messages.findLast((message) => message.type === 'checkpoint')!.last;

    const hashes = [];
    for (const from of [checkpoint, null]) {
      child.messages.length = 0;
      child.send({
        type: 'job',
        job: trainJob(databasePath, dataset, { training, engine, checkpoint: from }),
      });
      hashes.push((await child.next('done')).weightsSha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
  }, 60_000);

  it('tells where the time went where it is asked to: kernels, waiting and the rest are the whole epoch', async () => {
    const { databasePath, dataset } = await prepared();
    const child = new Child();
    const more = { engine: 'simd', threads: 2, profile: true } as const;
    child.send({ type: 'job', job: trainJob(databasePath, dataset, more) });
    await child.next('epoch');
    const { seconds } = await child.next('epoch');
    const profile = await child.next('profile');
    const sum = (parts: readonly { share: number }[]) => parts.reduce((all, { share }) => all + share, 0);
    const outside = profile.outsideShare + profile.plansShare + profile.ownShare;
    expect(sum(profile.kernels) + profile.idle.share + outside).toBeCloseTo(1, 9);
    expect(sum(profile.outside)).toBeCloseTo(outside, 9);
    expect(profile.idle.share).toBeGreaterThan(-0.01);
    // Measured apart from the epoch's own clock; what lies between the two are single statements.
    expect(Math.abs(profile.seconds - seconds)).toBeLessThan(0.02 * seconds + 0.02);
    const forward = profile.kernels.find(({ name }) => name.endsWith('forward'))!;
    expect(forward.calls).toBeGreaterThan(0);
    expect(forward.gmacs).toBeGreaterThan(0);
    expect(profile).toMatchObject({ epochs: 1, threads: expect.any(Number), limit: expect.any(Number) });
    await child.next('done');
  }, 30_000);

  it('keeps no profile unasked, and says so where the engine has none', async () => {
    const { databasePath, dataset } = await prepared();
    const child = new Child();
    child.send({ type: 'job', job: trainJob(databasePath, dataset, { engine: 'simd' }) });
    await child.next('done');
    child.send({ type: 'job', job: trainJob(databasePath, dataset, { profile: true }) });
    expect(await child.next('log')).toMatchObject({
      level: 'warn',
      message: 'The engine reference keeps no profile of its kernels.',
    });
    await child.next('done');
    expect(child.messages.filter(({ type }) => type === 'profile')).toEqual([]);
  }, 30_000);

  it('says that there are fewer cores than threads asked for, and trains on those there are', async () => {
    const { databasePath, dataset } = await prepared();
    const child = new Child();
    child.send({ type: 'job', job: trainJob(databasePath, dataset, { engine: 'simd', threads: 200 }) });
    const { threads } = await child.next('ready');
    expect(threads).toBeLessThan(200);
    expect(await child.next('log')).toMatchObject({
      level: 'warn',
      message: `200 threads were asked for; the engine simd uses ${threads} on this machine.`,
    });
    await child.next('done');
  }, 30_000);

  it.each([
    ['simd', 4096],
    ['reference', 65_536],
    ['webgpu', 65_536],
  ] as const)(
    'refuses what does not fit into the memory of %s before it begins, with the estimate',
    async (engine, units) => {
      if (!ENGINES_HERE.includes(engine)) return;
      const { databasePath, dataset } = await prepared();
      const child = new Child();
      const graph = structuredClone(smallGraph);
      const layer = graph.nodes.find(({ type }) => type === 'SimpleRNN')!;
      Object.assign(layer, { type: 'LSTM', config: { units } });
      const training = { ...base.training, batch_size: 65536 };
      child.send({ type: 'job', job: trainJob(databasePath, dataset, { engine, graph, training }) });
      await expect(child.next('ready')).rejects.toThrow(
        new RegExp(
          `^Training the model small-rnn takes ${engine === 'webgpu' ? 'about' : 'at least'} ` +
            '\\d+\\.\\d GiB for batches of 65536 examples; ' +
            `the engine ${engine} has ${engine === 'simd' ? '4\\.0' : '\\d+\\.\\d'} GiB\\.$`,
        ),
      );
    },
    30_000,
  );

  it('refuses to train on an engine that is not here, and reads with another what was trained on it', async () => {
    const { databasePath, dataset } = await prepared();
    const child = new Child({ UNROLL_ENGINES: '' });
    child.send({ type: 'job', job: trainJob(databasePath, dataset, { engine: 'tensorflow' }) });
    await expect(child.next('ready')).rejects.toThrow(
      'not installed for Unroll; to install it: unroll engines install tensorflow.',
    );
    child.messages.length = 0;
    child.send({
      type: 'job',
      job: trainJob(databasePath, dataset, { training: { ...base.training, epochs: 1 } }),
    });
    const { last: checkpoint } = await child.next('epoch');
    await child.next('done');
    const evaluation = {
      ...base,
      engine: 'tensorflow',
      databasePath,
      dataset,
      split: 'test',
      checkpoint,
    } as const;
    child.send({ type: 'job', job: { kind: 'evaluate', ...evaluation } });
    expect((await child.next('evaluated')).loss).toBeGreaterThan(0);
  }, 30_000);

  it('reports what cannot be trained and takes the next job', async () => {
    const { databasePath, dataset } = await prepared();
    const child = new Child();
    child.send({
      type: 'job',
      job: trainJob(databasePath, dataset, { preprocessing: { ...base.preprocessing, maxlen: 5 } }),
    });
    await expect(child.next('done')).rejects.toThrow(/does not fit the data small: The Input takes 12 steps/);
    child.messages.length = 0;
    child.send({ type: 'job', job: trainJob(databasePath, dataset) });
    await child.next('done');
  }, 30_000);

  it('ends itself when its parent is gone', async () => {
    const child = new Child();
    const exited = once(child.process, 'exit');
    child.process.disconnect();
    expect((await exited)[0]).toBe(0);
  }, 30_000);
});
