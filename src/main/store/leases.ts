/**
 * Which process trains a run. A run that is queued, running or paused carries the lease of one process: its pid, a token
 * (a pid may be given out again) and the time of its last beat. Every write of a trained run asks for the token in the
 * same transaction, so a process that lost its lease, asleep for too long, cannot overwrite what another has done since.
 */
import type { Run } from '../../shared/contract/runs.ts';
import { withNextEngine } from '../../shared/engine-history.ts';
import { UnrollError, type ErrorValue } from '../../shared/errors.ts';
import type { Logs } from '../../shared/protocol.ts';
import { forgetPrevious, writeCheckpoint } from './checkpoints.ts';
import { transaction, type ReadableDb, type WritableDb } from './database.ts';
import { addEpochMetrics, type EpochMetrics } from './metrics.ts';
import { readRun } from './runs.ts';

export interface Lease {
  pid: number;
  token: string;
}

/** A lease without a beat for this long is dead even where its pid is alive, since a pid may be given out again. */
export const LEASE_EXPIRES_MS = 30_000;

const ACTIVE = "status IN ('queued', 'running', 'paused')";

interface LeaseRow {
  id: string;
  lease_pid: number | null;
  lease_token: string | null;
  lease_beat_at: number | null;
}

/** The last beat of each lease, and when this process first saw it, by a clock that nobody sets. */
const beatsSeen = new Map<string, { beatAt: number; seenAt: number }>();

/** Times in the database are those of a clock that may be set or leap over a laptop's sleep, so they are only compared. */
function hasExpired(token: string, beatAt: number): boolean {
  const seen = beatsSeen.get(token);
  if (seen?.beatAt === beatAt) return performance.now() - seen.seenAt > LEASE_EXPIRES_MS;
  beatsSeen.set(token, { beatAt, seenAt: performance.now() });
  return false;
}

function isAlive({ lease_pid: pid, lease_token: token, lease_beat_at: beatAt }: LeaseRow): boolean {
  if (pid === null || token === null || beatAt === null || hasExpired(token, beatAt)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Queues a run for the process of this lease. @throws UnrollError `run-busy` when a living process has it */
export function takeRun(db: WritableDb, run: string, { pid, token: ours }: Lease): Run {
  return transaction(db, () => {
    const sql = `SELECT id, lease_pid, lease_token, lease_beat_at FROM runs WHERE id = ? AND ${ACTIVE}`;
    const held = db.prepare<[string], LeaseRow>(sql).get(run);
    if (held && held.lease_token !== ours && isAlive(held)) {
      throw new UnrollError('run-busy', { run: readRun(db, run).name, pid: held.lease_pid });
    }
    db.prepare(
      `UPDATE runs SET status = 'queued', error = NULL, ended_at = NULL,
         lease_pid = ?, lease_token = ?, lease_beat_at = ? WHERE id = ?`,
    ).run(pid, ours, Date.now(), run);
    return readRun(db, run);
  });
}

/**
 * Has a run that is about to go on do so on another engine, or on another device of it. The one thread of an engine that has no
 * choice of them, once it has started, was not asked for, and binds no other.
 */
export function moveToEngine(db: WritableDb, run: string, engine: string, device: string | null): void {
  const engines = engineHistory(db, run, engine);
  const sql = `UPDATE runs SET engine = @engine, engine_detail = NULL,
      threads = CASE WHEN engine IN ('webgpu', 'reference') AND engine_detail NOT NULL THEN NULL ELSE threads END,
      machine = json_patch(machine, json_object('device', @device, 'engines', @engines)) WHERE id = @run`;
  db.prepare(sql).run({ run, engine, device, engines });
}

/** What a run's machine says of its engines once it goes on on another; null where only one has trained it. */
function engineHistory(db: ReadableDb, id: string, next: string): string | null {
  const run = readRun(db, id);
  const sql = "SELECT epoch, batch FROM checkpoints WHERE run_id = ? AND which = 'last'";
  const last = db.prepare<[string], { epoch: number; batch: number }>(sql).get(id);
  const begun = run.parent?.epoch ?? 0;
  const hasTrained = run.engineDetail !== null && last && (last.epoch > begun || last.batch > 0);
  return withNextEngine(run.machine['engines'] ?? run.engine, next, hasTrained ? last : null);
}

/** Shows that the process of this lease lives. */
export function beat(db: WritableDb, { token }: Lease): void {
  db.prepare('UPDATE runs SET lease_beat_at = ? WHERE lease_token = ?').run(Date.now(), token);
}

/** The pid of a living process other than this lease's that has the run, or null. */
export function otherHolder(db: ReadableDb, run: string, { token: ours }: Lease): number | null {
  const sql = `SELECT id, lease_pid, lease_token, lease_beat_at FROM runs WHERE id = ? AND ${ACTIVE}`;
  const row = db.prepare<[string], LeaseRow>(sql).get(run);
  return row && row.lease_token !== ours && isAlive(row) ? row.lease_pid : null;
}

/** A run that a living process (this one or another) trains on a data set or has queued for it, or null. */
export function activeRunOn(
  db: ReadableDb,
  dataset: string,
): { run: string; status: string; pid: number } | null {
  const sql = `SELECT id, name, status, lease_pid, lease_token, lease_beat_at FROM runs
    WHERE dataset_id = ? AND ${ACTIVE} ORDER BY status = 'running' DESC`;
  const rows = db.prepare<[string], LeaseRow & { name: string; status: string }>(sql).all(dataset);
  const row = rows.find(isAlive);
  return row ? { run: row.name, status: row.status, pid: row.lease_pid! } : null;
}

/** Marks as `interrupted` every run whose process is gone, and returns them. */
export function interruptAbandoned(db: WritableDb): Run[] {
  const sql = `SELECT id, lease_pid, lease_token, lease_beat_at FROM runs WHERE ${ACTIVE}`;
  const dead = () =>
    db
      .prepare<[], LeaseRow>(sql)
      .all()
      .filter((row) => !isAlive(row));
  // Looked for without the write lock first: nearly always there is nothing to do.
  if (dead().length === 0) return [];
  const error = new UnrollError('training-child-died', { reason: 'Unroll itself was ended' }).toValue();
  return transaction(db, () =>
    dead().map(({ id }) => {
      db.prepare(
        `UPDATE runs SET status = 'interrupted', error = ?, ended_at = ?,
           lease_pid = NULL, lease_token = NULL, lease_beat_at = NULL WHERE id = ?`,
      ).run(JSON.stringify(error), Date.now(), id);
      return readRunEvenRemoved(db, id);
    }),
  ).filter((run) => run !== null);
}

function readRunEvenRemoved(db: ReadableDb, id: string): Run | null {
  const removed = db.prepare('SELECT 1 FROM runs WHERE id = ? AND removed_at IS NOT NULL').get(id);
  return removed ? null : readRun(db, id);
}

/** @throws UnrollError `run-busy` when the lease is no longer ours */
function requireLease(db: ReadableDb, run: string, { token: ours }: Lease): void {
  const sql = 'SELECT lease_pid, lease_token FROM runs WHERE id = ?';
  const row = db.prepare<[string], { lease_pid: number | null; lease_token: string | null }>(sql).get(run);
  if (row?.lease_token !== ours) throw new UnrollError('run-busy', { run, pid: row?.lease_pid ?? 'none' });
}

/** What the child found out when it had built the model. */
export interface StartedRun {
  engine: string;
  engineDetail: string;
  threads: number;
  parameters: number;
  versions: Record<string, string>;
}

export function markStarted(db: WritableDb, run: string, lease: Lease, started: StartedRun): Run {
  return transaction(db, () => {
    requireLease(db, run, lease);
    const versions = { ...readRun(db, run).versions, ...started.versions };
    db.prepare(
      `UPDATE runs SET engine = ?, engine_detail = ?, threads = ?, parameters = ?, versions = ? WHERE id = ?`,
    ).run(
      started.engine,
      started.engineDetail,
      started.threads,
      started.parameters,
      JSON.stringify(versions),
      run,
    );
    return readRun(db, run);
  });
}

export function markStatus(db: WritableDb, run: string, lease: Lease, status: 'running' | 'paused'): Run {
  return transaction(db, () => {
    requireLease(db, run, lease);
    const sql = 'UPDATE runs SET status = ?, started_at = coalesce(started_at, ?) WHERE id = ?';
    db.prepare(sql).run(status, Date.now(), run);
    return readRun(db, run);
  });
}

export interface RunEnd {
  status: 'done' | 'stopped' | 'failed' | 'interrupted';
  weightsSha256?: string;
  error?: ErrorValue;
}

/** Ends a run and gives up its lease. */
export function endRun(
  db: WritableDb,
  run: string,
  lease: Lease,
  { status, weightsSha256, error }: RunEnd,
): Run {
  return transaction(db, () => {
    requireLease(db, run, lease);
    db.prepare(
      `UPDATE runs SET status = ?, weights_sha256 = ?, error = ?, ended_at = ?,
         lease_pid = NULL, lease_token = NULL, lease_beat_at = NULL WHERE id = ?`,
    ).run(status, weightsSha256 ?? null, error ? JSON.stringify(error) : null, Date.now(), run);
    if (status === 'done') forgetPrevious(db, run);
    return readRun(db, run);
  });
}

export interface FinishedEpoch extends EpochMetrics {
  logs: Logs;
  /** The encoded checkpoint at the end of the epoch. */
  checkpoint: Uint8Array;
  isBest: boolean;
}

/** Stores an epoch whole or not at all: its metrics, the `last` checkpoint and, where it is the best so far, `best`. */
export function storeEpoch(db: WritableDb, run: string, lease: Lease, finished: FinishedEpoch): Run {
  const { epoch, isBest } = finished;
  const checkpoint = { data: finished.checkpoint, epoch, batch: 0 };
  return transaction(db, () => {
    requireLease(db, run, lease);
    addEpochMetrics(db, run, finished);
    writeCheckpoint(db, run, 'last', checkpoint);
    if (isBest) writeCheckpoint(db, run, 'best', checkpoint);
    const sql =
      'UPDATE runs SET epochs_done = ?, best_epoch = CASE WHEN ? THEN ? ELSE best_epoch END WHERE id = ?';
    db.prepare(sql).run(epoch, Number(isBest), epoch, run);
    return readRun(db, run);
  });
}

/** Stores the state within an epoch. */
export function storeCheckpoint(
  db: WritableDb,
  run: string,
  lease: Lease,
  checkpoint: { data: Uint8Array; epoch: number; batch: number },
): void {
  transaction(db, () => {
    requireLease(db, run, lease);
    writeCheckpoint(db, run, 'last', checkpoint);
  });
}
