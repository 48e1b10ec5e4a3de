/**
 * A run as one file that another Unroll opens: a database like a workspace's, with the rows of this run alone. Its schema says
 * which Unroll wrote it, and migrations bring an older one up to date. A SHA-256 at its end shows any byte that has changed.
 */
import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import { decodeCheckpoint, type Checkpoint } from '../../shared/checkpoint.ts';
import { runSchema, type Run } from '../../shared/contract/runs.ts';
import { UnrollError } from '../../shared/errors.ts';
import { requireValid } from '../../shared/graph/analyse.ts';
import { sha256 } from './dataset-content.ts';
import { transaction, type ReadableDb, type WritableDb } from './database.ts';
import { migrate } from './migrations.ts';
import { openUntrusted } from './run-file-database.ts';
import { SEALED_ID, sealed } from './run-file-seal.ts';
import { freeRunName, readRun } from './runs.ts';

type Row = Record<string, unknown>;

/** Tables of a run, by the column that names it. */
const RUN_TABLES = [
  ['runs', 'id'],
  ['run_tags', 'run_id'],
  ['epoch_metrics', 'run_id'],
  ['run_metrics', 'run_id'],
  ['batch_metrics', 'run_id'],
  ['checkpoints', 'run_id'],
  ['run_logs', 'run_id'],
  ['evaluations', 'run_id'],
] as const;

/** What of a data set always goes along: words are needed to predict. */
const DATA_TABLES = [
  ['datasets', 'id'],
  ['vocabularies', 'dataset_id'],
] as const;

const EXAMPLE_TABLES = [
  ['dataset_pieces', 'dataset_id'],
  ['dataset_texts', 'dataset_id'],
] as const;

/** Rows that hold content with its SHA-256. */
const CONTENT_TABLES = [DATA_TABLES[1], ...EXAMPLE_TABLES];

/** Columns that are written; those computed from others are not. */
function columnsOf(db: Database.Database, table: string): string[] {
  return db
    .prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => name);
}

function rowsOf(db: Database.Database, table: string, column: string, id: string): IterableIterator<Row> {
  const columns = columnsOf(db, table).join(', ');
  return db.prepare<[string], Row>(`SELECT ${columns} FROM ${table} WHERE ${column} = ?`).iterate(id);
}

function insert(db: Database.Database, table: string, row: Row): void {
  const names = Object.keys(row);
  const marks = names.map(() => '?').join(', ');
  db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks})`).run(...Object.values(row));
}

/** Who trains a run, and where it lies, does not travel. */
const SETTLED: Row = {
  removed_at: null,
  lease_pid: null,
  lease_token: null,
  lease_beat_at: null,
  archived: 0,
};

/** @param withData whether the examples go along too */
export const writeRunFile = (db: ReadableDb, run: Run, withData: boolean): Buffer =>
  sealed(runDatabase(db, run, withData));

function runDatabase(db: ReadableDb, run: Run, withData: boolean): Buffer {
  const file = new Database(':memory:');
  try {
    migrate(file, 'run file');
    file.pragma('foreign_keys = OFF');
    file.pragma(`application_id = ${SEALED_ID}`);
    const copy = (tables: readonly (readonly [string, string])[], id: string, changes: Row = {}) => {
      for (const [table, column] of tables)
        for (const row of rowsOf(db, table, column, id))
          insert(file, table, {
            ...row,
            ...Object.fromEntries(Object.entries(changes).filter(([name]) => name in row)),
          });
    };
    copy(DATA_TABLES, run.dataset.id, { removed_at: null });
    if (withData) copy(EXAMPLE_TABLES, run.dataset.id);
    copy(RUN_TABLES, run.id, SETTLED);
    return file.serialize();
  } finally {
    file.close();
  }
}

/** A run file in memory, checked and brought to the newest schema. */
export class RunFile {
  readonly run: Run;
  readonly #db: Database.Database;
  readonly #path: string;

  /** @throws UnrollError `file-missing`, `file-damaged`, `file-too-large`, `model-unreadable` for one of a newer Unroll */
  constructor(path: string) {
    this.#path = path;
    this.#db = openUntrusted(path);
    try {
      const ids = this.#db.prepare<[], { id: string }>('SELECT id FROM runs').all();
      if (ids.length !== 1) throw this.#damaged(`it holds ${ids.length} runs.`);
      const parsed = runSchema.safeParse(readRun(this.#db as ReadableDb, ids[0]!.id));
      if (!parsed.success)
        throw this.#damaged(`${parsed.error.issues[0]!.path.join('.')} is not as Unroll writes it.`);
      this.run = parsed.data;
    } catch (error) {
      this.#db.close();
      throw error instanceof UnrollError ? error : this.#damaged(`${(error as Error).message}.`);
    }
  }

  /** A checkpoint whose weights are those of the run's model. @throws UnrollError `file-damaged`; null where there is none */
  checkpoint(which: 'last' | 'best'): Checkpoint | null {
    const sql = 'SELECT data, sha256 FROM checkpoints WHERE which = ?';
    const row = this.#db.prepare<[string], { data: Buffer; sha256: string }>(sql).get(which);
    if (!row) return null;
    if (sha256(row.data) !== row.sha256)
      throw this.#damaged(`its ${which} checkpoint differs from its SHA-256.`);
    const checkpoint = decodeCheckpoint(row.data);
    const shapes = new Map(checkpoint.weights.map(({ name, shape }) => [name, shape.join()]));
    for (const [id, { weights }] of requireValid(this.run.graph).nodes) {
      const other = weights.find(({ name, shape }) => shapes.get(`${id}/${name}`) !== shape.join());
      if (other)
        throw this.#damaged(`its ${which} checkpoint does not hold ${id}/${other.name} of its model.`);
    }
    const odd = checkpoint.weights.find(({ data }) => !data.every(Number.isFinite));
    if (odd) throw this.#damaged(`${odd.name} holds values that are no numbers.`);
    return checkpoint;
  }

  /** Adds the run to a workspace, with its data where that has none of the same content. @throws UnrollError `file-damaged` */
  addTo(db: WritableDb, name: string | undefined): Run {
    this.checkpoint('last');
    this.checkpoint('best');
    try {
      this.#requireContent();
      return this.#copyTo(db, name);
    } catch (error) {
      // What the workspace's own schema does not take, or the file's does not have.
      if (!/^SQLITE_(ERROR|CONSTRAINT|MISMATCH)/.test(String((error as { code?: unknown }).code)))
        throw error;
      throw this.#damaged(`its rows are not as Unroll writes them (${(error as Error).message}).`);
    }
  }

  #copyTo(db: WritableDb, name: string | undefined): Run {
    return transaction(db, () => {
      const dataset = this.#addDataset(db);
      const id = randomBytes(6).toString('hex');
      const free = freeRunName(db, name ?? this.run.name);
      const active = ['queued', 'running', 'paused'].includes(this.run.status);
      const changes = {
        ...SETTLED,
        name: free,
        dataset_id: dataset,
        ...(active ? { status: 'interrupted' } : {}),
      };
      for (const [table, column] of RUN_TABLES)
        for (const row of rowsOf(this.#db, table, column, this.run.id)) {
          const { id: own, ...rest } = row;
          // A log's number is its place among all logs of a workspace.
          const kept = table === 'run_logs' || own === undefined ? rest : { ...rest, id };
          const settled = table === 'runs' ? changes : { run_id: id };
          insert(db, table, { ...kept, ...settled });
        }
      return readRun(db, id);
    });
  }

  close(): void {
    this.#db.close();
  }

  /** @returns the id of the data set in the workspace */
  #addDataset(db: WritableDb): string {
    const { hash, id } = this.run.dataset;
    const same =
      'SELECT id FROM datasets WHERE hash = ? AND removed_at IS NOT 0 ORDER BY removed_at IS NOT NULL';
    const found = db.prepare<[string], { id: string }>(same).get(hash);
    if (found) return found.id;
    const [given] = rowsOf(this.#db, 'datasets', 'id', id);
    const own = randomBytes(6).toString('hex');
    const hasExamples = this.#db.prepare('SELECT 1 FROM dataset_pieces').get() !== undefined;
    // Without its examples it lies in the bin, from where its run still finds its words.
    const removed_at = hasExamples ? null : Date.now();
    insert(db, 'datasets', { ...given, id: own, name: freeDatasetName(db, String(given!.name)), removed_at });
    for (const [table, column] of CONTENT_TABLES)
      for (const row of rowsOf(this.#db, table, column, id)) insert(db, table, { ...row, dataset_id: own });
    return own;
  }

  /** Also where the workspace has this data already: whether a file is damaged is not for what else is there to say. */
  #requireContent(): void {
    const { id } = this.run.dataset;
    for (const [table, column] of CONTENT_TABLES)
      for (const row of rowsOf(this.#db, table, column, id)) requireHash(row, table, this.#path);
  }

  #damaged(reason: string): UnrollError {
    return new UnrollError('file-damaged', { path: this.#path, reason });
  }
}

/** Content that differs from its hash is not taken over. @throws UnrollError `file-damaged` */
function requireHash(row: Row, table: string, path: string): void {
  const names = {
    vocabularies: ['words'],
    dataset_pieces: ['data', 'offsets', 'labels'],
    dataset_texts: ['texts'],
  }[table]!;
  if (sha256(...names.map((name) => row[name] as Buffer)) !== row.sha256)
    throw new UnrollError('file-damaged', { path, reason: `a row of ${table} differs from its SHA-256.` });
}

function freeDatasetName(db: ReadableDb, base: string): string {
  const taken = db.prepare<[string]>('SELECT 1 FROM datasets WHERE name = ? AND removed_at IS NULL');
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.get(name)) return name;
  }
}
