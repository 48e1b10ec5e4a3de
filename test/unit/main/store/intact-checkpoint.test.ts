import { describe, expect, it } from 'vitest';
import { findCheckpoint, findPrevious } from '../../../../src/main/store/checkpoints.ts';
import type { WritableDb } from '../../../../src/main/store/database.ts';
import { intactCheckpoint } from '../../../../src/main/store/intact-checkpoint.ts';
import { endRun, storeCheckpoint } from '../../../../src/main/store/leases.ts';
import { listLogs } from '../../../../src/main/store/logs.ts';
import { epochCurves } from '../../../../src/main/store/metrics.ts';
import { readRun } from '../../../../src/main/store/runs.ts';
import { lease, trainedRun } from './trained-run.ts';

/** Changes what a checkpoint holds and not its hash, as a failing disk does. */
const damage = (db: WritableDb, table: string, which = '') =>
  db.prepare(`UPDATE ${table} SET data = x'ff07' ${which && `WHERE which = '${which}'`}`).run();

describe('the state to go on from', () => {
  it('is the last checkpoint where that is intact', async () => {
    const { db, id } = await trainedRun();
    expect(intactCheckpoint(db, id)).toMatchObject({ epoch: 3 });
    expect(listLogs(db, id)).toEqual([]);
  });

  it('is the one before where the last is damaged, and the log says so', async () => {
    const { db, id } = await trainedRun();
    damage(db, 'checkpoints', 'last');
    expect(intactCheckpoint(db, id)).toMatchObject({ epoch: 2, batch: 0 });
    expect(findCheckpoint(db, id, 'last')).toMatchObject({ epoch: 2 });
    expect(findPrevious(db, id)).toMatchObject({ epoch: 2 });
    expect(epochCurves(db, id).x).toEqual([1, 2]);
    expect(readRun(db, id)).toMatchObject({ epochsDone: 2, last: { loss: 0.5 } });
    expect(listLogs(db, id)).toMatchObject([
      { level: 'warn', message: expect.stringContaining('from the one before, of epoch 2.') as string },
    ]);
  });

  it('within an epoch is the one before that, of the epoch itself', async () => {
    const { db, id } = await trainedRun();
    storeCheckpoint(db, id, lease, { data: Uint8Array.of(9), epoch: 3, batch: 5 });
    damage(db, 'checkpoints', 'last');
    expect(intactCheckpoint(db, id)).toMatchObject({ epoch: 3, batch: 0 });
    expect(epochCurves(db, id).x).toEqual([1, 2, 3]);
  });

  it('is the best where both are damaged', async () => {
    const { db, id } = await trainedRun();
    damage(db, 'checkpoints', 'last');
    damage(db, 'previous_checkpoints');
    expect(intactCheckpoint(db, id)).toMatchObject({ epoch: 1 });
    expect(readRun(db, id).epochsDone).toBe(1);
  });

  it('is refused where none is intact, and nothing is changed', async () => {
    const { db, id } = await trainedRun();
    damage(db, 'checkpoints');
    damage(db, 'previous_checkpoints');
    expect(() => intactCheckpoint(db, id)).toThrow(expect.objectContaining({ code: 'checkpoint-damaged' }));
    expect(readRun(db, id).epochsDone).toBe(3);
  });

  it('needs one checkpoint less when the run is done', async () => {
    const { db, id } = await trainedRun();
    endRun(db, id, lease, { status: 'done' });
    expect(findPrevious(db, id)).toBeNull();
  });
});
