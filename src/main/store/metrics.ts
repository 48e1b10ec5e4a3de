/** Metrics of a run, by epoch and by batch, and the curves made of them. */
import type { Curves } from '../../shared/contract/runs.ts';
import type { Logs } from '../../shared/protocol.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { summariseAnew, summariseEpoch, summarisePace } from './run-metrics.ts';

export interface EpochMetrics {
  /** From 1. */
  epoch: number;
  logs: Logs;
  /** Training and validation of the epoch, wall. */
  seconds: number;
  learningRate: number;
  peakBytes: number;
}

/** Stores an epoch; one done again after a resume replaces its earlier self. The run's summary follows. */
export function addEpochMetrics(db: WritableDb, run: string, metrics: EpochMetrics): void {
  const { epoch, logs, seconds, learningRate, peakBytes } = metrics;
  const later = 'SELECT 1 FROM epoch_metrics WHERE run_id = ? AND epoch >= ?';
  const again = db.prepare(later).get(run, epoch) !== undefined;
  db.prepare(
    `INSERT OR REPLACE INTO epoch_metrics (run_id, epoch, logs, seconds, learning_rate, peak_bytes, at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(run, epoch, JSON.stringify(logs), seconds, learningRate, peakBytes, Date.now());
  if (again) summariseAnew(db, run);
  else summariseEpoch(db, run, epoch, logs);
  summarisePace(db, run);
}

/** @param step batches over all epochs, from 1 */
export function addBatchMetrics(db: WritableDb, run: string, step: number, logs: Logs): void {
  const sql = 'INSERT OR REPLACE INTO batch_metrics (run_id, step, logs) VALUES (?, ?, ?)';
  db.prepare(sql).run(run, step, JSON.stringify(logs));
}

/** Drops what lies past the checkpoint a run goes on from: those batches are done again. */
export function forgetBatchesAfter(db: WritableDb, run: string, step: number): void {
  db.prepare('DELETE FROM batch_metrics WHERE run_id = ? AND step > ?').run(run, step);
}

export function epochCurves(db: ReadableDb, run: string): Curves {
  const sql = `SELECT epoch AS x, logs, seconds, learning_rate, peak_bytes, at
               FROM epoch_metrics WHERE run_id = ? ORDER BY epoch`;
  const rows = db.prepare<[string], EpochRow>(sql).all(run);
  return {
    ...toCurves(rows),
    seconds: rows.map(({ seconds }) => seconds),
    learningRate: rows.map((row) => row.learning_rate),
    peakBytes: rows.map((row) => row.peak_bytes),
    at: rows.map(({ at }) => at),
  };
}

export function batchCurves(db: ReadableDb, run: string): Curves {
  const sql = 'SELECT step AS x, logs FROM batch_metrics WHERE run_id = ? ORDER BY step';
  return toCurves(db.prepare<[string], CurveRow>(sql).all(run));
}

/** Epochs stored past this one, in order, as they are told to those who follow the run. */
export function epochMetricsAfter(
  db: ReadableDb,
  run: string,
  epoch: number,
): (EpochMetrics & { at: number })[] {
  const sql = `SELECT epoch AS x, logs, seconds, learning_rate, peak_bytes, at
               FROM epoch_metrics WHERE run_id = ? AND epoch > ? ORDER BY epoch`;
  const rows = db.prepare<[string, number], EpochRow>(sql).all(run, epoch);
  return rows.map(({ x, logs, seconds, learning_rate: learningRate, peak_bytes: peakBytes, at }) => ({
    epoch: x,
    logs: JSON.parse(logs) as Logs,
    seconds,
    learningRate,
    peakBytes,
    at,
  }));
}

/** Means over batches stored past this step, in order. */
export function batchMetricsAfter(db: ReadableDb, run: string, step: number): { step: number; logs: Logs }[] {
  const sql = 'SELECT step AS x, logs FROM batch_metrics WHERE run_id = ? AND step > ? ORDER BY step';
  const rows = db.prepare<[string, number], CurveRow>(sql).all(run, step);
  return rows.map(({ x, logs }) => ({ step: x, logs: JSON.parse(logs) as Logs }));
}

/** The last batch stored of a run, over all epochs; 0 where there is none. */
export function lastStep(db: ReadableDb, run: string): number {
  const sql = 'SELECT coalesce(max(step), 0) AS step FROM batch_metrics WHERE run_id = ?';
  return db.prepare<[string], { step: number }>(sql).get(run)!.step;
}

interface CurveRow {
  x: number;
  logs: string;
}

interface EpochRow extends CurveRow {
  seconds: number;
  learning_rate: number;
  peak_bytes: number;
  at: number;
}

/** Rows as columns; a metric some rows lack is null there. */
function toCurves(rows: readonly CurveRow[]): Curves {
  const logs = rows.map((row) => JSON.parse(row.logs) as Logs);
  const names = [...new Set(logs.flatMap((entry) => Object.keys(entry)))];
  return {
    x: rows.map(({ x }) => x),
    series: Object.fromEntries(names.map((name) => [name, logs.map((entry) => entry[name] ?? null)])),
    seconds: [],
  };
}
