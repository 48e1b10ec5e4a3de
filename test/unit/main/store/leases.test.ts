import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findCheckpoint } from '../../../../src/main/store/checkpoints.ts';
import type { WritableDb } from '../../../../src/main/store/database.ts';
import {
  beat,
  endRun,
  interruptAbandoned,
  LEASE_EXPIRES_MS,
  markStarted,
  markStatus,
  moveToEngine,
  otherHolder,
  storeCheckpoint,
  storeEpoch,
  takeRun,
} from '../../../../src/main/store/leases.ts';
import { epochCurves } from '../../../../src/main/store/metrics.ts';
import { createRun, readRun } from '../../../../src/main/store/runs.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { insertSmallDataset, newRun, temporaryWorkspace } from '../workspace.ts';

/** Two leases of living processes (this one, twice), and one of a process that has ended. */
const ours = { pid: process.pid, token: 'ours' };
const theirs = { pid: process.pid, token: 'theirs' };
const ended = { pid: spawnSync(process.execPath, ['--version']).pid, token: 'ended' };
const busy = expect.objectContaining({ code: 'run-busy' }) as unknown as Error;

async function queuedRun() {
  const { db } = temporaryWorkspace();
  const { id } = createRun(db, newRun(await insertSmallDataset(db)));
  return { db, id };
}

/** Lets this process see the lease as it is now, and then half a minute go by. */
function waitOut(db: WritableDb): void {
  interruptAbandoned(db);
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + LEASE_EXPIRES_MS + 1000);
  onTestFinished(() => void vi.restoreAllMocks());
}

const epoch = (number: number, isBest: boolean) => ({
  epoch: number,
  logs: { loss: 1 / number, val_loss: 2 / number },
  seconds: 0.5,
  learningRate: 0.001,
  peakBytes: 10,
  checkpoint: Uint8Array.of(number, 2, 3),
  isBest,
});

describe('a run that moves to another engine', () => {
  it.each([
    ['webgpu', 1, null],
    ['simd', 3, 3],
  ])('leaves %s, and takes along the threads that were a choice there', async (engine, threads, kept) => {
    const { db, id } = await queuedRun();
    takeRun(db, id, ours);
    markStarted(db, id, ours, { engine, engineDetail: engine, threads, parameters: 7, versions: {} });
    moveToEngine(db, id, 'tensorflow', 'a card');
    expect(readRun(db, id)).toMatchObject({
      engine: 'tensorflow',
      engineDetail: null,
      threads: kept,
      machine: { device: 'a card' },
    });
  });
});

describe('a lease', () => {
  it('keeps a run from other processes while its own lives', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, theirs);
    expect(() => takeRun(db, id, ours)).toThrow(busy);
    expect(otherHolder(db, id, ours)).toBe(process.pid);
    expect(otherHolder(db, id, theirs)).toBeNull();
    expect(interruptAbandoned(db)).toEqual([]);
  });

  it('is dead when its process is gone: the run is interrupted and can be taken', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, ended);
    markStatus(db, id, ended, 'running');
    const [run] = interruptAbandoned(db);
    expect(run).toMatchObject({ id, status: 'interrupted', error: { code: 'training-child-died' } });
    expect(takeRun(db, id, ours)).toMatchObject({ status: 'queued', error: null });
  });

  it('is dead without a beat for half a minute, since a pid may be given out again', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, theirs);
    waitOut(db);
    db.prepare('UPDATE runs SET lease_beat_at = lease_beat_at - 3600000').run();
    expect(interruptAbandoned(db)).toEqual([]);
    beat(db, theirs);
    waitOut(db);
    expect(interruptAbandoned(db)).toMatchObject([{ id, status: 'interrupted' }]);
  });

  it('that was lost writes nothing any more', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, theirs);
    waitOut(db);
    takeRun(db, id, ours);
    storeEpoch(db, id, ours, epoch(1, true));

    expect(() => storeEpoch(db, id, theirs, epoch(2, true))).toThrow(busy);
    expect(() => storeCheckpoint(db, id, theirs, { data: Uint8Array.of(9), epoch: 1, batch: 4 })).toThrow(
      busy,
    );
    expect(() => markStatus(db, id, theirs, 'paused')).toThrow(busy);
    expect(() => endRun(db, id, theirs, { status: 'done' })).toThrow(busy);
    expect(readRun(db, id)).toMatchObject({ status: 'queued', epochsDone: 1 });
    expect([...(findCheckpoint(db, id, 'last')?.data ?? [])]).toEqual([1, 2, 3]);
  });
});

describe('an epoch', () => {
  it('is stored with its checkpoints and shows as last and best', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, ours);
    storeEpoch(db, id, ours, epoch(1, true));
    const run = storeEpoch(db, id, ours, epoch(2, false));
    expect(run).toMatchObject({
      epochsDone: 2,
      bestEpoch: 1,
      last: { loss: 0.5 },
      atBestEpoch: { loss: 1 },
      best: { loss: 0.5 },
      bestEpochs: { loss: 2 },
      secondsPerEpoch: 0.5,
    });
    expect([...(findCheckpoint(db, id, 'best')?.data ?? [])]).toEqual([1, 2, 3]);
    expect([...(findCheckpoint(db, id, 'last')?.data ?? [])]).toEqual([2, 2, 3]);
  });

  it('that cannot be stored whole leaves no trace', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, ours);
    storeEpoch(db, id, ours, epoch(1, true));
    db.exec(
      `CREATE TRIGGER broken BEFORE UPDATE ON checkpoints WHEN new.which = 'best' BEGIN SELECT raise(ABORT, 'no'); END`,
    );
    expect(() => storeEpoch(db, id, ours, epoch(2, true))).toThrow('no');
    expect(epochCurves(db, id).x).toEqual([1]);
    expect(readRun(db, id)).toMatchObject({ epochsDone: 1, bestEpoch: 1 });
    expect(findCheckpoint(db, id, 'last')?.epoch).toBe(1);
  });
});

describe('the end of a run', () => {
  it('gives up the lease and keeps what came out', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, theirs);
    const started = {
      engine: 'simd',
      engineDetail: '2 threads',
      threads: 2,
      parameters: 321,
      versions: { tfjs: '4' },
    };
    expect(markStarted(db, id, theirs, started)).toMatchObject({
      engine: 'simd',
      parameters: 321,
      versions: { unroll: '0', tfjs: '4' },
    });
    endRun(db, id, theirs, { status: 'done', weightsSha256: 'abc' });
    expect(readRun(db, id)).toMatchObject({ status: 'done', weightsSha256: 'abc', error: null });
    expect(otherHolder(db, id, ours)).toBeNull();
  });

  it('by an error keeps the error', async () => {
    const { db, id } = await queuedRun();
    takeRun(db, id, ours);
    const error = new UnrollError('out-of-memory', { reason: 'test' }).toValue();
    expect(endRun(db, id, ours, { status: 'failed', error })).toMatchObject({ status: 'failed', error });
  });
});
