/** All runs as columns: what the list shows, read from an index and the summaries without touching graphs and curves. */
import type { RunTable } from '../../shared/contract/history.ts';
import type { ReadableDb } from './database.ts';
import { Dictionary } from './dictionary.ts';

type Numbers = RunTable['numbers'];
type Texts = RunTable['texts'];

/** The columns of the list in the order they are selected; names as SQL and as the contract have them. */
const NUMBERS: readonly [column: string, name: keyof Numbers][] = [
  ['epochs', 'epochs'],
  ['epochs_done', 'epochsDone'],
  ['parameters', 'parameters'],
  ['best_epoch', 'bestEpoch'],
  ['seconds_per_epoch', 'secondsPerEpoch'],
  ['peak_bytes', 'peakBytes'],
  ['colour', 'colour'],
  ['pinned', 'pinned'],
  ['archived', 'archived'],
  ['created_at', 'createdAt'],
  ['started_at', 'startedAt'],
  ['ended_at', 'endedAt'],
];
const TEXTS = ['status', 'model', 'dataset_id', 'engine', 'sweep'] as const;

type Cell = string | number | null;

/** Every run not in the bin, newest first. */
export function readRunTable(db: ReadableDb): RunTable {
  const columns = ['id', 'name', ...TEXTS, ...NUMBERS.map(([column]) => column), 'rowid'];
  // The index holds all of these; left to choose, SQLite would read the whole rows for their order.
  const rows = db
    .prepare(`SELECT ${columns.join(', ')} FROM runs INDEXED BY runs_listed WHERE removed_at IS NULL`)
    .raw()
    .all() as Cell[][];
  const createdAt = columns.indexOf('created_at');
  const rowid = columns.indexOf('rowid');
  const by = (column: number) => (a: Cell[], b: Cell[]) => (b[column] as number) - (a[column] as number);
  rows.sort((a, b) => by(createdAt)(a, b) || by(rowid)(a, b));
  const numbers = Object.fromEntries(
    NUMBERS.map(([, name], column) => [name, numberColumn(rows, 2 + TEXTS.length + column)]),
  ) as Numbers;
  const ids = rows.map((row) => row[0] as string);
  const place = new Map(ids.map((id, at) => [id, at]));
  return {
    ids,
    names: rows.map((row) => row[1] as string),
    texts: textColumns(db, rows),
    numbers,
    metrics: metricColumns(db, place),
    tags: tagsOf(db, place),
    notes: notesOf(db, place),
    diverged: divergedOf(db, place),
  };
}

function numberColumn(rows: readonly Cell[][], column: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(rows, (row) => (row[column] as number | null) ?? NaN);
}

function textColumns(db: ReadableDb, rows: readonly Cell[][]): Texts {
  const [status, model, dataset, engine, sweep] = TEXTS.map((_, index) => {
    const dictionary = new Dictionary<string | null>(rows.length);
    rows.forEach((row, at) => dictionary.put(at, row[2 + index] as string | null));
    return { values: dictionary.values, codes: dictionary.codes };
  });
  const datasets = new Map(
    db
      .prepare<[], { id: string; name: string; hash: string }>('SELECT id, name, hash FROM datasets')
      .all()
      .map((row) => [row.id, row]),
  );
  const ofDataset = (of: 'name' | 'hash') => ({
    values: dataset!.values.map((id) => datasets.get(id ?? '')?.[of] ?? null),
    codes: dataset!.codes,
  });
  return {
    status: status!,
    model: model!,
    data: ofDataset('name'),
    dataHash: ofDataset('hash'),
    engine: engine!,
    sweep: sweep!,
  };
}

const METRIC_COLUMNS = ['last', 'lowest', 'lowestEpoch', 'highest', 'highestEpoch'] as const;

function metricColumns(db: ReadableDb, place: ReadonlyMap<string, number>): RunTable['metrics'] {
  const metrics: RunTable['metrics'] = {};
  const empty = () => new Float64Array(place.size).fill(NaN);
  const rows = db
    .prepare('SELECT run_id, name, last, lowest, lowest_epoch, highest, highest_epoch FROM run_metrics')
    .raw()
    .all() as Cell[][];
  for (const row of rows) {
    const at = place.get(row[0] as string);
    if (at === undefined) continue;
    const metric = (metrics[row[1] as string] ??= {
      last: empty(),
      lowest: empty(),
      lowestEpoch: empty(),
      highest: empty(),
      highestEpoch: empty(),
    });
    METRIC_COLUMNS.forEach((name, index) => (metric[name][at] = (row[2 + index] as number | null) ?? NaN));
  }
  return metrics;
}

function tagsOf(db: ReadableDb, place: ReadonlyMap<string, number>): RunTable['tags'] {
  const rows = db
    .prepare<[], { run_id: string; tag: string }>('SELECT run_id, tag FROM run_tags ORDER BY run_id, tag')
    .all();
  const byRun = Map.groupBy(rows, ({ run_id }) => run_id);
  return [...byRun].flatMap(([run, tagged]) => {
    const at = place.get(run);
    return at === undefined ? [] : [{ at, tags: tagged.map(({ tag }) => tag) }];
  });
}

function notesOf(db: ReadableDb, place: ReadonlyMap<string, number>): RunTable['notes'] {
  const sql = "SELECT id, notes FROM runs WHERE removed_at IS NULL AND notes <> ''";
  return db
    .prepare<[], { id: string; notes: string }>(sql)
    .all()
    .flatMap(({ id, notes }) => {
      const at = place.get(id);
      return at === undefined ? [] : [{ at, notes }];
    });
}

function divergedOf(db: ReadableDb, place: ReadonlyMap<string, number>): RunTable['diverged'] {
  // Only of those that failed is a whole row read.
  const sql = `SELECT id FROM runs INDEXED BY runs_listed
    WHERE removed_at IS NULL AND status = 'failed' AND json_extract(error, '$.code') = 'training-diverged'`;
  const ids = db.prepare(sql).pluck().all() as string[];
  return ids.flatMap((id) => place.get(id) ?? []);
}
