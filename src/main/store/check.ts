/**
 * Whether a workspace is whole: SQLite's own check of every table, rows that point nowhere, every blob against its SHA-256,
 * and every run's epochs against what it says of them.
 */
import type { CheckProblem } from '../../shared/contract/workspace.ts';
import type { JobContext } from '../jobs.ts';
import type { ReadableDb } from './database.ts';
import { sha256 } from './dataset-content.ts';

interface Content {
  table: string;
  /** The columns that name a row, in order. */
  key: readonly string[];
  /** What the hash is over. */
  blobs: readonly string[];
  hash: string;
  /** What a row is, for a sentence that begins with it; `name` is of the run, data set or model it belongs to. */
  words: (name: string, row: Record<string, unknown>) => string;
  owner: string;
}

const RUN = 'SELECT name FROM runs WHERE id = ?';
const DATASET = 'SELECT name FROM datasets WHERE id = ?';
const MODEL = 'SELECT name FROM models WHERE name = ?';

/** Every kind of row with a hash; the first column of its key leads to its owner. */
export const CONTENT: readonly Content[] = [
  {
    table: 'checkpoints',
    key: ['run_id', 'which'],
    blobs: ['data'],
    hash: 'sha256',
    words: (name, { which }) => `The ${String(which)} checkpoint of the run ${name}`,
    owner: RUN,
  },
  {
    table: 'previous_checkpoints',
    key: ['run_id'],
    blobs: ['data'],
    hash: 'sha256',
    words: (name) => `The checkpoint before the last one of the run ${name}`,
    owner: RUN,
  },
  {
    table: 'evaluations',
    key: ['run_id', 'which', 'split'],
    blobs: ['predictions'],
    hash: 'predictions_sha256',
    words: (name, { split }) => `The evaluation of the run ${name} on the ${String(split)} split`,
    owner: RUN,
  },
  {
    table: 'dataset_pieces',
    key: ['dataset_id', 'split', 'piece'],
    blobs: ['data', 'offsets', 'labels'],
    hash: 'sha256',
    words: (name, { split, piece }) =>
      `Piece ${String(piece)} of the ${String(split)} split of the data set ${name}`,
    owner: DATASET,
  },
  {
    table: 'dataset_texts',
    key: ['dataset_id', 'split', 'piece'],
    blobs: ['texts'],
    hash: 'sha256',
    words: (name, { split, piece }) =>
      `The texts of piece ${String(piece)} of the ${String(split)} split of the data set ${name}`,
    owner: DATASET,
  },
  {
    table: 'vocabularies',
    key: ['dataset_id'],
    blobs: ['words'],
    hash: 'sha256',
    words: (name) => `The vocabulary of the data set ${name}`,
    owner: DATASET,
  },
  {
    table: 'model_weights',
    key: ['model'],
    blobs: ['data'],
    hash: 'sha256',
    words: (name) => `The weights of the model ${name}`,
    owner: MODEL,
  },
];

const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Problems in the order they were found; none for a whole workspace. @throws UnrollError `cancelled` */
export async function checkWorkspace(db: ReadableDb, job: JobContext): Promise<CheckProblem[]> {
  const problems: CheckProblem[] = [];
  const tables = tablesOf(db);
  const steps = [
    ...tables.map((table) => ({ detail: table, find: () => pageProblems(db, table) })),
    { detail: 'references', find: () => referenceProblems(db) },
    { detail: 'texts', find: () => textProblems(db) },
    { detail: 'epochs', find: () => epochProblems(db) },
  ];
  for (const [done, { detail, find }] of steps.entries()) {
    job.progress((done / steps.length) * 0.5, detail);
    problems.push(...readable(find));
    await letOthersRun();
    job.signal.throwIfAborted();
  }
  for (const [done, content] of CONTENT.entries()) {
    job.progress(0.5 + (done / CONTENT.length) * 0.5, content.table);
    for (const row of damagedRows(db, content)) {
      if (row) problems.push({ kind: 'content', message: `${wordsFor(db, content, row)} is damaged.` });
      await letOthersRun();
      job.signal.throwIfAborted();
    }
  }
  return problems;
}

/** The tables of the schema, in the order they were made: what others refer to comes first. */
export function tablesOf(db: ReadableDb): string[] {
  const sql =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid";
  return db.prepare(sql).pluck().all() as string[];
}

/** What cannot even be read is told by the check of its pages. */
function readable(find: () => CheckProblem[]): CheckProblem[] {
  try {
    return find();
  } catch (error) {
    return [{ kind: 'pages', message: `A page of the database is damaged (${(error as Error).message}).` }];
  }
}

function pageProblems(db: ReadableDb, table: string): CheckProblem[] {
  const found = db.pragma(`integrity_check('${table}')`) as { integrity_check: string }[];
  const [first] = found.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  if (first === undefined) return [];
  return [{ kind: 'pages', message: `The table ${table} is damaged: ${first.replace(/\s+/g, ' ').trim()}.` }];
}

function referenceProblems(db: ReadableDb): CheckProblem[] {
  const rows = db.pragma('foreign_key_check') as { table: string; parent: string }[];
  const counts = new Map<string, number>();
  for (const { table, parent } of rows) {
    const what = `of ${table} refer to ${parent} that are gone`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => ({ kind: 'references', message: `${count} rows ${what}.` }));
}

/** Columns of JSON by table. */
export const TEXTS: Readonly<Record<string, readonly string[]>> = {
  datasets: ['classes', 'source'],
  models: ['graph'],
  model_revisions: ['graph'],
  runs: ['graph', 'preprocessing', 'training', 'machine', 'versions'],
  epoch_metrics: ['logs'],
  batch_metrics: ['logs'],
  drafts: ['graph'],
  draft_steps: ['diff'],
  settings: ['value'],
};

/** A condition that holds for rows whose text is no JSON any more. */
export const unlikeJson = (columns: readonly string[]): string =>
  columns.map((column) => `NOT json_valid(${column})`).join(' OR ');

function textProblems(db: ReadableDb): CheckProblem[] {
  return Object.entries(TEXTS).flatMap(([table, columns]) => {
    const sql = `SELECT count(*) FROM ${table} WHERE ${unlikeJson(columns)}`;
    const rows = db.prepare(sql).pluck().get() as number;
    return rows === 0
      ? []
      : [{ kind: 'content' as const, message: `${rows} rows of ${table} hold no JSON.` }];
  });
}

/** A run's epochs follow one another, and the last of them is the one its checkpoint and its row speak of. */
function epochProblems(db: ReadableDb): CheckProblem[] {
  const sql = `SELECT name, epochs_done AS done, count(e.epoch) AS stored, min(e.epoch) AS first, max(e.epoch) AS last,
      (SELECT epoch FROM checkpoints WHERE run_id = runs.id AND which = 'last') AS saved
    FROM runs LEFT JOIN epoch_metrics AS e ON e.run_id = runs.id GROUP BY runs.id`;
  interface Row {
    name: string;
    done: number;
    stored: number;
    first: number | null;
    last: number | null;
    saved: number | null;
  }
  const wrong = ({ done, stored, first, last, saved }: Row) =>
    (last !== null && (last !== done || stored !== last - first! + 1)) || (saved !== null && saved !== done);
  const rows = db.prepare<[], Row>(sql).all().filter(wrong);
  return rows.map(({ name, done, stored, saved }) => ({
    kind: 'epochs',
    message: `The run ${name} says it has ${done} epochs; ${stored} are stored, and its checkpoint is of epoch ${saved ?? 'none'}.`,
  }));
}

type Row = Record<string, unknown>;

/** Each row of a table in turn, one blob in memory at a time: its key where it is damaged, null where it is whole. */
export function* damagedRows(db: ReadableDb, { table, key, blobs, hash }: Content): Generator<Row | null> {
  const place = key.map((column) => `${column} = @${column}`).join(' AND ');
  let keys: Row[];
  try {
    keys = db.prepare<[], Row>(`SELECT ${key.join(', ')} FROM ${table}`).all();
  } catch {
    return;
  }
  const one = db.prepare<[Row], Row>(
    `SELECT ${blobs.join(', ')}, ${hash} AS hash FROM ${table} WHERE ${place}`,
  );
  for (const row of keys) yield isWhole(() => one.get(row), blobs) ? null : row;
}

/** A row that is gone meanwhile is whole, and so is one from before hashes were kept. */
function isWhole(read: () => Row | undefined, blobs: readonly string[]): boolean {
  try {
    const row = read();
    return !row || row.hash === null || sha256(...blobs.map((name) => row[name] as Buffer)) === row.hash;
  } catch {
    return false;
  }
}

export function wordsFor(db: ReadableDb, { words, owner, key }: Content, row: Row): string {
  const id = String(row[key[0]!]);
  return words(db.prepare<[string], { name: string }>(owner).get(id)?.name ?? id, row);
}
