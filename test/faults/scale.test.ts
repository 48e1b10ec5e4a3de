/** A workspace with years of work in it opens, lists, draws and copies as one with a day's. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { backUp } from '../../src/main/store/backup.ts';
import { DATABASE_FILE, openWorkspace, transaction, type WritableDb } from '../../src/main/store/database.ts';
import { addEpochMetrics } from '../../src/main/store/metrics.ts';
import { createRun } from '../../src/main/store/runs.ts';
import { open } from './applications.ts';
import { many, patience, record } from './figures.ts';
import { insertSmallDataset, newRun, temporaryFolder } from '../unit/main/workspace.ts';

const RUNS = many(300, 10_000);
const POINTS_A_RUN = many(50, 1000);

async function fill(db: WritableDb): Promise<string> {
  const dataset = await insertSmallDataset(db);
  const addBatch = db.prepare('INSERT INTO batch_metrics (run_id, step, logs) VALUES (?, ?, ?)');
  let last = '';
  for (let number = 0; number < RUNS; number++) {
    transaction(db, () => {
      const { id } = createRun(db, newRun(dataset, { name: `run-${number}` }));
      last = id;
      const pace = { seconds: 1, learningRate: 0.001, peakBytes: 1e8 };
      addEpochMetrics(db, id, { epoch: 1, logs: { loss: 1 / (number + 1) }, ...pace });
      db.prepare("UPDATE runs SET status = 'done', epochs_done = 1 WHERE id = ?").run(id);
      for (let step = 1; step <= POINTS_A_RUN; step++)
        addBatch.run(id, step, `{"loss":${(1 / step).toFixed(4)}}`);
    });
  }
  return last;
}

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const begun = performance.now();
  return [await work(), performance.now() - begun];
}

it(
  'runs and points by the million',
  async () => {
    const folder = temporaryFolder();
    const workspace = openWorkspace(folder);
    const last = await fill(workspace.db);
    workspace.close();
    const [application, opening] = await timed(() => open(folder));
    const [list, listing] = await timed(() => application.call('runs.table', {}));
    const [curves, drawing] = await timed(() => application.call('runs.curves', { run: last, by: 'batch' }));
    expect(list).toBeDefined();
    expect(curves.x).toHaveLength(POINTS_A_RUN);
    const again = openWorkspace(folder);
    const job = { signal: new AbortController().signal, progress: () => undefined };
    const [{ bytes }, copying] = await timed(() => backUp(again, join(folder, 'copy.sqlite'), job));
    again.close();
    expect(bytes).toBeGreaterThan(statSync(join(folder, DATABASE_FILE)).size * 0.9);
    expect(opening).toBeLessThan(2000);
    expect(listing).toBeLessThan(2000);
    expect(drawing).toBeLessThan(500);
    const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
    record(
      `${RUNS} runs and ${RUNS * POINTS_A_RUN} points`,
      `opened in ${seconds(opening)}, listed in ${seconds(listing)}, a curve in ${seconds(drawing)}, ${(bytes / 1e6).toFixed(0)} MB backed up in ${seconds(copying)}`,
    );
  },
  patience(60_000, 1_800_000),
);
