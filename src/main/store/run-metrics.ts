/**
 * A run's metrics in a few numbers each (last, lowest, highest), kept with every epoch: what the list of runs shows, so that
 * no list reads curves.
 */
import { betterIs } from '../../shared/best.ts';
import type { Run } from '../../shared/contract/runs.ts';
import type { Logs } from '../../shared/protocol.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** Takes an epoch after all others into the summary; the first of equals stays. */
export function summariseEpoch(db: WritableDb, run: string, epoch: number, logs: Logs): void {
  summarise(db, run, [{ epoch, logs }]);
}

function summarise(db: WritableDb, run: string, epochs: readonly { epoch: number; logs: Logs }[]): void {
  const upsert = db.prepare(
    `INSERT INTO run_metrics (run_id, name, last, lowest, lowest_epoch, highest, highest_epoch)
     VALUES ($run, $name, $value, $value, $epoch, $value, $epoch)
     ON CONFLICT (run_id, name) DO UPDATE SET last = excluded.last,
       lowest_epoch = CASE WHEN lowest IS NULL OR excluded.lowest < lowest THEN excluded.lowest_epoch ELSE lowest_epoch END,
       lowest = CASE WHEN lowest IS NULL OR excluded.lowest < lowest THEN excluded.lowest ELSE lowest END,
       highest_epoch = CASE WHEN highest IS NULL OR excluded.highest > highest THEN excluded.highest_epoch ELSE highest_epoch END,
       highest = CASE WHEN highest IS NULL OR excluded.highest > highest THEN excluded.highest ELSE highest END`,
  );
  for (const { epoch, logs } of epochs) {
    for (const [name, given] of Object.entries(logs)) {
      const value = Number.isFinite(given) ? given : null;
      upsert.run({ run, name, value, epoch: value === null ? null : epoch });
    }
  }
}

/** Makes the summary from all epochs there are: one of them was done again. */
export function summariseAnew(db: WritableDb, run: string): void {
  db.prepare('DELETE FROM run_metrics WHERE run_id = ?').run(run);
  const epochs = db
    .prepare<[string], { epoch: number; logs: string }>(
      'SELECT epoch, logs FROM epoch_metrics WHERE run_id = ? ORDER BY epoch',
    )
    .all(run);
  summarise(
    db,
    run,
    epochs.map(({ epoch, logs }) => ({ epoch, logs: JSON.parse(logs) as Logs })),
  );
}

/** Brings mean seconds an epoch and peak memory up to date. */
export function summarisePace(db: WritableDb, run: string): void {
  db.prepare(
    `UPDATE runs SET (seconds_per_epoch, peak_bytes) =
       (SELECT avg(seconds), max(peak_bytes) FROM epoch_metrics WHERE run_id = $run) WHERE id = $run`,
  ).run({ run });
}

export type Extremes = Pick<Run, 'best' | 'bestEpochs' | 'worst' | 'worstEpochs'>;

interface SummaryRow {
  name: string;
  lowest: number | null;
  lowest_epoch: number;
  highest: number | null;
  highest_epoch: number;
}

/** Each metric's own best and worst and the epochs that reached them first. */
export function extremesOf(db: ReadableDb, run: string): Extremes {
  const sql = 'SELECT name, lowest, lowest_epoch, highest, highest_epoch FROM run_metrics WHERE run_id = ?';
  const found: Extremes = { best: {}, bestEpochs: {}, worst: {}, worstEpochs: {} };
  for (const row of db.prepare<[string], SummaryRow>(sql).all(run)) {
    if (row.lowest === null || row.highest === null) continue;
    const [low, high] =
      betterIs(row.name) === 'max' ? (['worst', 'best'] as const) : (['best', 'worst'] as const);
    found[low][row.name] = row.lowest;
    found[`${low}Epochs`][row.name] = row.lowest_epoch;
    found[high][row.name] = row.highest;
    found[`${high}Epochs`][row.name] = row.highest_epoch;
  }
  return found;
}
