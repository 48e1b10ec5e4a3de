/** The state a run goes on from: its `last` checkpoint or, where a disk has changed a bit of it, the newest one before. */
import { UnrollError } from '../../shared/errors.ts';
import { findCheckpoint, findPrevious, writeCheckpoint, type StoredCheckpoint } from './checkpoints.ts';
import { transaction, type WritableDb } from './database.ts';
import { addLog } from './logs.ts';
import { summariseAnew, summarisePace } from './run-metrics.ts';

/**
 * A damaged `last` is replaced by the newest intact state, the epochs after that are forgotten (they are trained again, to the
 * same bits), and the run's log says so.
 * @returns null when the run has no checkpoint
 * @throws UnrollError `checkpoint-damaged` when none of them is intact; nothing is changed then
 */
export function intactCheckpoint(db: WritableDb, run: string): StoredCheckpoint | null {
  try {
    return findCheckpoint(db, run, 'last');
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    const before = newestBefore(db, run);
    if (!before) throw error;
    return transaction(db, () => goBack(db, run, before));
  }
}

function newestBefore(db: WritableDb, run: string): StoredCheckpoint | null {
  const best = () => {
    try {
      return findCheckpoint(db, run, 'best');
    } catch {
      return null;
    }
  };
  const found = [findPrevious(db, run), best()].filter((checkpoint) => checkpoint !== null);
  return found.sort((a, b) => b.epoch - a.epoch || b.batch - a.batch)[0] ?? null;
}

function goBack(db: WritableDb, run: string, checkpoint: StoredCheckpoint): StoredCheckpoint {
  const { epoch, batch } = checkpoint;
  writeCheckpoint(db, run, 'last', checkpoint);
  // What was put aside just now is the damaged one: the state gone back to is its own predecessor.
  writeCheckpoint(db, run, 'last', checkpoint);
  db.prepare('DELETE FROM epoch_metrics WHERE run_id = ? AND epoch > ?').run(run, epoch);
  db.prepare('UPDATE runs SET epochs_done = ? WHERE id = ?').run(epoch, run);
  summariseAnew(db, run);
  summarisePace(db, run);
  const place = batch === 0 ? `epoch ${epoch}` : `epoch ${epoch + 1}, batch ${batch}`;
  const words = `The last checkpoint was damaged (its SHA-256 differs). Training goes on from the one before, of ${place}.`;
  addLog(db, run, 'warn', words);
  return checkpoint;
}
