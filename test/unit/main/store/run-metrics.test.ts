import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WritableDb } from '../../../../src/main/store/database.ts';
import { addEpochMetrics, epochCurves } from '../../../../src/main/store/metrics.ts';
import { migrate, readMigrations } from '../../../../src/main/store/migrations.ts';
import { createRun, readRun } from '../../../../src/main/store/runs.ts';
import type { Logs } from '../../../../src/shared/protocol.ts';
import { insertSmallDataset, newRun, temporaryFolder, temporaryWorkspace } from '../workspace.ts';

const pace = { seconds: 2, learningRate: 0.001, peakBytes: 1000 };

const summaryOf = (db: WritableDb) => db.prepare('SELECT * FROM run_metrics ORDER BY run_id, name').all();

async function workspaceWithRun() {
  const { db } = temporaryWorkspace();
  const { id } = createRun(db, newRun(await insertSmallDataset(db)));
  return { db, id };
}

describe('the summary of a run', () => {
  it('holds last, lowest and highest of every metric, and the first epoch that reached them', async () => {
    const { db, id } = await workspaceWithRun();
    const epochs: Logs[] = [
      { loss: 0.7 },
      { loss: 0.4, acc: 0.9 },
      { loss: 0.4, acc: 0.9 },
      { loss: 0.6, acc: 0.8 },
    ];
    epochs.forEach((logs, index) => addEpochMetrics(db, id, { epoch: index + 1, logs, ...pace }));
    expect(summaryOf(db)).toMatchObject([
      { name: 'acc', last: 0.8, lowest: 0.8, lowest_epoch: 4, highest: 0.9, highest_epoch: 2 },
      { name: 'loss', last: 0.6, lowest: 0.4, lowest_epoch: 2, highest: 0.7, highest_epoch: 1 },
    ]);
    expect(readRun(db, id)).toMatchObject({
      best: { acc: 0.9, loss: 0.4 },
      bestEpochs: { acc: 2, loss: 2 },
      worst: { acc: 0.8, loss: 0.7 },
      worstEpochs: { acc: 4, loss: 1 },
      secondsPerEpoch: 2,
      peakBytes: 1000,
    });
  });

  it('passes over what is not a number, and says so of the last', async () => {
    const { db, id } = await workspaceWithRun();
    [NaN, 0.5, Infinity].forEach((loss, index) =>
      addEpochMetrics(db, id, { epoch: index + 1, logs: { loss }, ...pace }),
    );
    expect(summaryOf(db)).toMatchObject([
      { last: null, lowest: 0.5, lowest_epoch: 2, highest: 0.5, highest_epoch: 2 },
    ]);
    expect(epochCurves(db, id).series).toEqual({ loss: [null, 0.5, null] });
  });

  it('follows an epoch that is done again', async () => {
    const { db, id } = await workspaceWithRun();
    [0.7, 0.1, 0.5].forEach((loss, index) =>
      addEpochMetrics(db, id, { epoch: index + 1, logs: { loss }, ...pace }),
    );
    addEpochMetrics(db, id, { epoch: 2, logs: { loss: 0.6 }, ...pace, seconds: 8 });
    expect(summaryOf(db)).toMatchObject([
      { last: 0.5, lowest: 0.5, lowest_epoch: 3, highest: 0.7, highest_epoch: 1 },
    ]);
    expect(readRun(db, id).secondsPerEpoch).toBe(4);
  });
});

/** A workspace as the second schema had it: two runs with colours, one of them with the epochs given. */
function olderWorkspace(epochs: readonly Logs[]): WritableDb {
  const db = new Database(join(temporaryFolder(), 'old.sqlite'));
  onTestFinished(() => void db.close());
  migrate(db, 'old', readMigrations().slice(0, 2));
  db.exec(`INSERT INTO datasets VALUES ('d', 'small', 'tokens', 1, 'binary', '[]', NULL, 20, 0, 1, 1, 1, 'h', '{}', 0, NULL);
    INSERT INTO settings VALUES ('runColours', '{"second":5}'), ('theme', '"dark"')`);
  const insert = db.prepare(
    `INSERT INTO runs (id, name, status, model, graph, dataset_id, dataset_hash, preprocessing, training, engine, machine,
       versions, parameters, created_at) VALUES (?, ?, 'done', 'm', '{}', 'd', 'h', '{}', '{"epochs":7}', 'simd', '{}', '{}', 1, ?)`,
  );
  ['first', 'second'].forEach((name, index) => insert.run(name, name, index));
  epochs.forEach((logs, index) =>
    db
      .prepare('INSERT INTO epoch_metrics VALUES (?, ?, ?, ?, 0.1, ?, 0)')
      .run('first', index + 1, JSON.stringify(logs), 3, index),
  );
  return db as unknown as WritableDb;
}

describe('an older workspace', () => {
  it('gets the summaries that its epochs would have made', () => {
    const value = fc.oneof(fc.constantFrom(0, 1, 0.5, NaN), fc.double({ min: -10, max: 10, noNaN: true }));
    const logs = fc.record({ loss: value, val_acc: value }, { requiredKeys: ['loss'] });
    fc.assert(
      fc.property(fc.array(logs, { maxLength: 6 }), (epochs) => {
        const old = olderWorkspace(epochs);
        migrate(old, 'old');
        const upgraded = summaryOf(old);
        old.exec('DELETE FROM run_metrics; DELETE FROM epoch_metrics');
        epochs.forEach((entry, index) =>
          addEpochMetrics(old, 'first', { epoch: index + 1, logs: entry, ...pace }),
        );
        expect(upgraded).toEqual(summaryOf(old));
      }),
      { numRuns: 12 },
    );
  });

  it('keeps its colours, and the list reads its planned epochs', () => {
    const db = olderWorkspace([{ loss: 1 }, { loss: 2 }]);
    migrate(db, 'old');
    expect(
      db.prepare('SELECT id, colour, epochs, seconds_per_epoch, peak_bytes FROM runs ORDER BY id').all(),
    ).toEqual([
      { id: 'first', colour: 1, epochs: 7, seconds_per_epoch: 3, peak_bytes: 1 },
      { id: 'second', colour: 5, epochs: 7, seconds_per_epoch: null, peak_bytes: null },
    ]);
    expect(db.prepare('SELECT key FROM settings').pluck().all()).toEqual(['theme']);
  });
});
