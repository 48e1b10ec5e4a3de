import { describe, expect, it } from 'vitest';
import { checkWorkspace } from '../../../../src/main/store/check.ts';
import { listCheckpoints } from '../../../../src/main/store/checkpoints.ts';
import type { WritableDb } from '../../../../src/main/store/database.ts';
import { endRun } from '../../../../src/main/store/leases.ts';
import { epochCurves } from '../../../../src/main/store/metrics.ts';
import { repairWorkspace } from '../../../../src/main/store/repair.ts';
import { readRun } from '../../../../src/main/store/runs.ts';
import { lease, trainedRun } from './trained-run.ts';

const job = { signal: new AbortController().signal, progress: () => undefined };

async function trainedWorkspace() {
  const trained = await trainedRun();
  endRun(trained.db, trained.id, lease, { status: 'stopped' });
  return trained;
}

const messages = async (db: WritableDb) => (await checkWorkspace(db, job)).map(({ message }) => message);

describe('a check of a workspace', () => {
  it('finds nothing wrong with one that is whole, and a repair leaves it as it is', async () => {
    const { workspace, db } = await trainedWorkspace();
    expect(await checkWorkspace(db, job)).toEqual([]);
    expect(await repairWorkspace(workspace, job)).toEqual({ actions: [], left: [], before: null });
  });

  it.each([
    [
      "UPDATE checkpoints SET data = x'00' WHERE which = 'last'",
      'The last checkpoint of the run first is damaged.',
    ],
    [
      "UPDATE previous_checkpoints SET data = x'00'",
      'The checkpoint before the last one of the run first is damaged.',
    ],
    ["UPDATE vocabularies SET words = x'00'", 'The vocabulary of the data set small is damaged.'],
    [
      "UPDATE dataset_pieces SET labels = x'00' WHERE split = 'test'",
      'Piece 0 of the test split of the data set small is damaged.',
    ],
    ["UPDATE epoch_metrics SET logs = 'x' WHERE epoch = 2", '1 rows of epoch_metrics hold no JSON.'],
    [
      'UPDATE runs SET epochs_done = 4',
      'The run first says it has 4 epochs; 3 are stored, and its checkpoint is of epoch 3.',
    ],
    [
      'DELETE FROM epoch_metrics WHERE epoch = 2',
      'The run first says it has 3 epochs; 2 are stored, and its checkpoint is of epoch 3.',
    ],
  ])('sees what %s did', async (damage, message) => {
    const { db } = await trainedWorkspace();
    db.exec(damage);
    expect(await messages(db)).toEqual([message]);
  });

  it('sees rows that point nowhere and an index unlike its table', async () => {
    const { workspace, db, id } = await trainedWorkspace();
    db.pragma('foreign_keys = OFF');
    db.prepare("INSERT INTO run_tags VALUES ('gone', 'tag')").run();
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec(
      "UPDATE sqlite_schema SET sql = replace(sql, '(created_at)', '(ended_at)') WHERE name = 'runs_created'",
    );
    db.pragma('writable_schema = RESET');
    expect(await messages(db)).toEqual([
      expect.stringContaining('The table runs is damaged: '),
      '1 rows of run_tags refer to runs that are gone.',
    ]);
    const { actions, left } = await repairWorkspace(workspace, job);
    expect(left).toEqual([]);
    expect(actions).toEqual([
      'The database was written anew from what could be read.',
      '1 rows of run_tags are lost.',
    ]);
    expect(readRun(db, id)).toMatchObject({ epochsDone: 3, last: { loss: 1 / 3 } });
  });
});

describe('a repair', () => {
  it('puts the checkpoint before in the place of a damaged last one, and keeps a copy of how it was', async () => {
    const { workspace, db, id } = await trainedWorkspace();
    db.exec("UPDATE checkpoints SET data = x'00' WHERE which = 'last'");
    const { actions, left, before } = await repairWorkspace(workspace, job);
    expect(actions).toEqual(['The last checkpoint of the run first was replaced by the one before.']);
    expect(left).toEqual([]);
    expect(before).toContain('before-repair');
    expect(readRun(db, id).epochsDone).toBe(2);
    expect(epochCurves(db, id).x).toEqual([1, 2]);
  });

  it('gives up what cannot be had back, and says what it left', async () => {
    const { workspace, db, id } = await trainedWorkspace();
    db.exec("UPDATE checkpoints SET data = x'00'; UPDATE previous_checkpoints SET data = x'00'");
    db.exec("UPDATE dataset_pieces SET labels = x'00' WHERE split = 'test'; UPDATE runs SET epochs_done = 7");
    const { actions, left } = await repairWorkspace(workspace, job);
    expect(actions).toEqual([
      'The best checkpoint of the run first was removed.',
      'The last checkpoint of the run first was removed.',
      'The checkpoint before the last one of the run first was removed.',
      'The run first now has 3 epochs, as its checkpoint says.',
    ]);
    expect(left.map(({ message }) => message)).toEqual([
      'Piece 0 of the test split of the data set small is damaged.',
    ]);
    expect(listCheckpoints(db, id)).toEqual([]);
  });
});
