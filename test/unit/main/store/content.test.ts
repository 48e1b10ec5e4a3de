import { describe, expect, it } from 'vitest';
import {
  findCheckpoint,
  listCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from '../../../../src/main/store/checkpoints.ts';
import { findEvaluation, saveEvaluation } from '../../../../src/main/store/evaluations.ts';
import { addLog, listLogs } from '../../../../src/main/store/logs.ts';
import {
  addBatchMetrics,
  addEpochMetrics,
  batchCurves,
  epochCurves,
  forgetBatchesAfter,
} from '../../../../src/main/store/metrics.ts';
import {
  findModel,
  listModels,
  removeModel,
  restoreModel,
  saveModel,
} from '../../../../src/main/store/models.ts';
import { createRun } from '../../../../src/main/store/runs.ts';
import { readSettings, writeSetting } from '../../../../src/main/store/settings.ts';
import { insertSmallDataset, newRun, smallGraph, temporaryWorkspace } from '../workspace.ts';

async function storedRun() {
  const { db } = temporaryWorkspace();
  const { id } = createRun(db, newRun(await insertSmallDataset(db)));
  return { db, id };
}

describe('checkpoints', () => {
  it('come back as they were written, the newest of each kind', async () => {
    const { db, id } = await storedRun();
    writeCheckpoint(db, id, 'last', { data: Uint8Array.of(1), epoch: 1, batch: 0 });
    writeCheckpoint(db, id, 'last', { data: Uint8Array.of(2, 2), epoch: 1, batch: 7 });
    expect(readCheckpoint(db, id, 'last')).toMatchObject({ epoch: 1, batch: 7 });
    expect([...readCheckpoint(db, id, 'last').data]).toEqual([2, 2]);
    expect(listCheckpoints(db, id)).toMatchObject([{ which: 'last', epoch: 1, batch: 7, bytes: 2 }]);
    expect(findCheckpoint(db, id, 'best')).toBeNull();
    expect(() => readCheckpoint(db, id, 'best')).toThrow(
      expect.objectContaining({ code: 'checkpoint-missing' }),
    );
  });

  it('are refused when a bit of them differs', async () => {
    const { db, id } = await storedRun();
    writeCheckpoint(db, id, 'last', { data: Uint8Array.of(1, 2, 3), epoch: 1, batch: 0 });
    db.prepare("UPDATE checkpoints SET data = x'010203ff'").run();
    expect(() => readCheckpoint(db, id, 'last')).toThrow(
      expect.objectContaining({ code: 'checkpoint-damaged' }),
    );
  });
});

describe('metrics', () => {
  it('become columns by epoch, null where an epoch lacks one', async () => {
    const { db, id } = await storedRun();
    const epoch = (number: number, logs: Record<string, number>) =>
      addEpochMetrics(db, id, { epoch: number, logs, seconds: number * 2, learningRate: 0.1, peakBytes: 1 });
    epoch(1, { loss: 0.7 });
    epoch(2, { loss: 0.6, val_loss: 0.65 });
    epoch(2, { loss: 0.5, val_loss: 0.55 });
    expect(epochCurves(db, id)).toMatchObject({
      x: [1, 2],
      series: { loss: [0.7, 0.5], val_loss: [null, 0.55] },
      seconds: [2, 4],
      learningRate: [0.1, 0.1],
      peakBytes: [1, 1],
    });
  });

  it('by batch end where a run goes on from', async () => {
    const { db, id } = await storedRun();
    for (const step of [4, 9, 14]) addBatchMetrics(db, id, step, { loss: step });
    forgetBatchesAfter(db, id, 9);
    expect(batchCurves(db, id)).toEqual({ x: [4, 9], series: { loss: [4, 9] }, seconds: [] });
  });
});

describe('evaluations', () => {
  it('keep every prediction', async () => {
    const { db, id } = await storedRun();
    const predictions = Float32Array.of(9, 0.25, 0.75, 0.5).subarray(1);
    const evaluation = {
      checkpoint: 'best',
      checkpointSha256: 'a',
      split: 'test',
      loss: 0.3,
      acc: null,
      examples: 3,
      outputs: 1,
      predictions,
      at: 5,
    } as const;
    saveEvaluation(db, id, evaluation);
    expect(findEvaluation(db, id, 'best', 'test')).toEqual({
      ...evaluation,
      predictions: Float32Array.of(0.25, 0.75, 0.5),
    });
    expect(findEvaluation(db, id, 'last', 'test')).toBeNull();
    db.prepare('UPDATE evaluations SET predictions = zeroblob(12)').run();
    expect(findEvaluation(db, id, 'best', 'test'), 'predictions that differ from their hash').toBeNull();
  });
});

describe('models', () => {
  it('are saved, replaced, removed and restored by name', () => {
    const { db } = temporaryWorkspace();
    saveModel(db, 'mine', smallGraph);
    const smaller = { ...smallGraph, nodes: smallGraph.nodes.slice(0, 2) };
    saveModel(db, 'mine', smaller);
    expect(findModel(db, 'mine')?.graph).toEqual(smaller);
    expect(removeModel(db, 'mine')).toBe(true);
    expect(removeModel(db, 'mine')).toBe(false);
    expect(listModels(db)).toEqual([]);
    expect(restoreModel(db, 'mine')).toBe(true);
    expect(listModels(db).map(({ name }) => name)).toEqual(['mine']);
  });
});

describe('settings', () => {
  it('are JSON values by key; undefined forgets one', () => {
    const { db } = temporaryWorkspace();
    writeSetting(db, 'theme', 'dark');
    writeSetting(db, 'panes', { left: 240 });
    writeSetting(db, 'theme', null);
    expect(readSettings(db)).toEqual({ theme: null, panes: { left: 240 } });
    writeSetting(db, 'theme', undefined);
    expect(readSettings(db)).toEqual({ panes: { left: 240 } });
  });
});

describe('logs', () => {
  it('keep their order', async () => {
    const { db, id } = await storedRun();
    addLog(db, id, 'info', 'starting');
    addLog(db, id, 'warn', 'slow');
    expect(listLogs(db, id).map(({ level, message }) => [level, message])).toEqual([
      ['info', 'starting'],
      ['warn', 'slow'],
    ]);
  });
});
