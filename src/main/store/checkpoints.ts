/**
 * A run's saved states: `last`, written as training goes, and `best` by the monitored metric. Until training is done, the
 * `last` before the present one is kept too, in case a disk has changed a bit of it.
 */
import { createHash } from 'node:crypto';
import { UnrollError } from '../../shared/errors.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export type WhichCheckpoint = 'last' | 'best';

export interface CheckpointInfo {
  which: WhichCheckpoint;
  /** Complete epochs it holds. */
  epoch: number;
  /** Batches done of the next epoch. */
  batch: number;
  bytes: number;
  createdAt: number;
}

export interface StoredCheckpoint {
  /** An encoded checkpoint, verified against its SHA-256. */
  data: Uint8Array;
  sha256: string;
  epoch: number;
  batch: number;
}

const hashOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

export function writeCheckpoint(
  db: WritableDb,
  run: string,
  which: WhichCheckpoint,
  { data, epoch, batch }: { data: Uint8Array; epoch: number; batch: number },
): void {
  if (which === 'last') keepPrevious(db, run);
  db.prepare(
    `INSERT INTO checkpoints (run_id, which, epoch, batch, data, sha256, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, which) DO UPDATE SET
       epoch = excluded.epoch, batch = excluded.batch, data = excluded.data,
       sha256 = excluded.sha256, created_at = excluded.created_at`,
  ).run(run, which, epoch, batch, data, hashOf(data), Date.now());
}

function keepPrevious(db: WritableDb, run: string): void {
  db.prepare(
    `INSERT OR REPLACE INTO previous_checkpoints (run_id, epoch, batch, data, sha256, created_at)
     SELECT run_id, epoch, batch, data, sha256, created_at FROM checkpoints WHERE run_id = ? AND which = 'last'`,
  ).run(run);
}

/** For a run that needs no state to go on from any more. */
export function forgetPrevious(db: WritableDb, run: string): void {
  db.prepare('DELETE FROM previous_checkpoints WHERE run_id = ?').run(run);
}

/** The `last` checkpoint before the present one; null where there is none, or it is damaged. */
export function findPrevious(db: ReadableDb, run: string): StoredCheckpoint | null {
  const sql = 'SELECT data, sha256, epoch, batch FROM previous_checkpoints WHERE run_id = ?';
  const row = db.prepare<[string], StoredCheckpoint>(sql).get(run);
  return row && hashOf(row.data) === row.sha256 ? row : null;
}

/** @returns null when the run has none. @throws UnrollError `checkpoint-damaged` when its SHA-256 differs */
export function findCheckpoint(db: ReadableDb, run: string, which: WhichCheckpoint): StoredCheckpoint | null {
  const sql = 'SELECT data, sha256, epoch, batch FROM checkpoints WHERE run_id = ? AND which = ?';
  const row = db.prepare<[string, string], StoredCheckpoint>(sql).get(run, which);
  if (!row) return null;
  if (hashOf(row.data) !== row.sha256)
    throw new UnrollError('checkpoint-damaged', { which, run: nameOf(db, run) });
  return row;
}

/** The SHA-256 of a checkpoint, without reading the checkpoint; null when the run has none. */
export function checkpointHash(db: ReadableDb, run: string, which: WhichCheckpoint): string | null {
  const sql = 'SELECT sha256 FROM checkpoints WHERE run_id = ? AND which = ?';
  return db.prepare<[string, string], { sha256: string }>(sql).get(run, which)?.sha256 ?? null;
}

/** @throws UnrollError `checkpoint-missing`, `checkpoint-damaged` */
export function readCheckpoint(db: ReadableDb, run: string, which: WhichCheckpoint): StoredCheckpoint {
  const found = findCheckpoint(db, run, which);
  if (!found) throw new UnrollError('checkpoint-missing', { which, run: nameOf(db, run) });
  return found;
}

/**
 * The checkpoint that was asked for, or where none was, the best by the monitored metric; the last while there is no best.
 * @throws UnrollError `checkpoint-missing`
 */
export function chooseCheckpoint(
  db: ReadableDb,
  run: string,
  which: WhichCheckpoint | undefined,
): Pick<CheckpointInfo, 'which' | 'epoch'> {
  const kept = listCheckpoints(db, run);
  const found = kept.find((one) => one.which === (which ?? 'best')) ?? (which === undefined && kept[0]);
  if (!found) throw new UnrollError('checkpoint-missing', { which: which ?? 'last', run: nameOf(db, run) });
  return { which: found.which, epoch: found.epoch };
}

/** What the user calls the run, for a message. */
function nameOf(db: ReadableDb, run: string): string {
  return db.prepare<[string], { name: string }>('SELECT name FROM runs WHERE id = ?').get(run)?.name ?? run;
}

export function listCheckpoints(db: ReadableDb, run: string): CheckpointInfo[] {
  const sql = `SELECT which, epoch, batch, length(data) AS bytes, created_at AS createdAt
               FROM checkpoints WHERE run_id = ? ORDER BY which DESC`;
  return db.prepare<[string], CheckpointInfo>(sql).all(run);
}
