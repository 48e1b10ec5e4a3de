/** Runs as the contract shows them: created with all their settings, edited, put in the bin and taken out again. */
import { randomBytes } from 'node:crypto';
import type { Parent, Run, RunStatus } from '../../shared/contract/runs.ts';
import { UnrollError, type ErrorValue } from '../../shared/errors.ts';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import type { Preprocessing, TrainingConfig } from '../../shared/training.ts';
import { writeCheckpoint } from './checkpoints.ts';
import { transaction, type ReadableDb, type WritableDb } from './database.ts';
import { extremesOf, type Extremes } from './run-metrics.ts';

export interface NewRun {
  name: string;
  model: string;
  graph: ModelGraph;
  dataset: { id: string; hash: string };
  preprocessing: Preprocessing;
  training: TrainingConfig;
  engine: string;
  threads: number | null;
  machine: Record<string, string>;
  versions: Record<string, string>;
  parameters: number;
  parent?: Parent | undefined;
  /** The paired experiment it is part of. */
  sweep?: string | undefined;
  /** An encoded checkpoint to begin from, such as the weights of an imported model. */
  initial?: Uint8Array | null;
}

interface Row {
  id: string;
  name: string;
  status: RunStatus;
  model: string;
  graph: string;
  dataset_id: string;
  dataset_name: string;
  dataset_hash: string;
  preprocessing: string;
  training: string;
  engine: string;
  engine_detail: string | null;
  threads: number | null;
  machine: string;
  versions: string;
  parameters: number;
  epochs_done: number;
  best_epoch: number | null;
  last_logs: string | null;
  best_logs: string | null;
  seconds_per_epoch: number | null;
  peak_bytes: number | null;
  weights_sha256: string | null;
  error: string | null;
  tags: string;
  notes: string;
  pinned: number;
  archived: number;
  colour: number;
  parent: string | null;
  sweep: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

/** Colours take turns in the order of creation, so that neighbours in the list differ. */
const SERIES_COLOURS = 8;

const SELECT = `
  SELECT runs.*, datasets.name AS dataset_name, last.logs AS last_logs, best.logs AS best_logs,
    (SELECT json_group_array(tag ORDER BY tag) FROM run_tags WHERE run_id = runs.id) AS tags
  FROM runs
  JOIN datasets ON datasets.id = runs.dataset_id
  LEFT JOIN epoch_metrics AS last ON last.run_id = runs.id AND last.epoch = runs.epochs_done
  LEFT JOIN epoch_metrics AS best ON best.run_id = runs.id AND best.epoch = runs.best_epoch`;

const parse = <T>(json: string): T => JSON.parse(json) as T;

function fromRow(row: Row, extremes: Extremes): Run {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    model: row.model,
    graph: parse(row.graph),
    dataset: { id: row.dataset_id, name: row.dataset_name, hash: row.dataset_hash },
    preprocessing: parse(row.preprocessing),
    training: parse(row.training),
    engine: row.engine,
    engineDetail: row.engine_detail,
    threads: row.threads,
    machine: parse(row.machine),
    versions: parse(row.versions),
    parameters: row.parameters,
    epochsDone: row.epochs_done,
    bestEpoch: row.best_epoch,
    last: parse(row.last_logs ?? '{}'),
    atBestEpoch: parse(row.best_logs ?? '{}'),
    ...extremes,
    secondsPerEpoch: row.seconds_per_epoch,
    peakBytes: row.peak_bytes,
    weightsSha256: row.weights_sha256,
    error: row.error === null ? null : parse<ErrorValue>(row.error),
    tags: parse(row.tags),
    notes: row.notes,
    pinned: row.pinned === 1,
    archived: row.archived === 1,
    colour: row.colour,
    parent: row.parent === null ? null : parse(row.parent),
    sweep: row.sweep,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** Runs not in the bin, newest first. */
export function listRuns(db: ReadableDb, { archived }: { archived: boolean }): Run[] {
  const sql = `${SELECT} WHERE runs.removed_at IS NULL AND (runs.archived = 0 OR ?) ORDER BY runs.created_at DESC, runs.rowid DESC`;
  return db
    .prepare<[number], Row>(sql)
    .all(Number(archived))
    .map((row) => fromRow(row, extremesOf(db, row.id)));
}

/** @param idOrName a run's id, or the name of a run not in the bin. @throws UnrollError `not-found` */
export function readRun(db: ReadableDb, idOrName: string): Run {
  const sql = `${SELECT} WHERE runs.removed_at IS NULL AND (runs.id = $run OR runs.name = $run) ORDER BY runs.id = $run DESC`;
  const row = db.prepare<[{ run: string }], Row>(sql).get({ run: idOrName });
  if (!row) throw new UnrollError('not-found', { kind: 'run', name: idOrName });
  return fromRow(row, extremesOf(db, row.id));
}

/** Stores a new run as queued; without a lease nobody trains it yet. @throws UnrollError `name-taken` */
export function createRun(db: WritableDb, run: NewRun): Run {
  const id = randomBytes(6).toString('hex');
  return transaction(db, () => {
    refuseTakenName(db, run.name, id);
    db.prepare(
      `INSERT INTO runs (id, name, status, model, graph, dataset_id, dataset_hash, preprocessing, training,
         engine, threads, machine, versions, parameters, parent, sweep, epochs_done, colour, created_at)
       VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
         coalesce((SELECT colour FROM runs ORDER BY rowid DESC LIMIT 1), 0) % ${SERIES_COLOURS} + 1, ?)`,
    ).run(
      id,
      run.name,
      run.model,
      JSON.stringify(run.graph),
      run.dataset.id,
      run.dataset.hash,
      JSON.stringify(run.preprocessing),
      JSON.stringify(run.training),
      run.engine,
      run.threads,
      JSON.stringify(run.machine),
      JSON.stringify(run.versions),
      run.parameters,
      run.parent ? JSON.stringify(run.parent) : null,
      run.sweep ?? null,
      run.parent?.epoch ?? 0,
      Date.now(),
    );
    if (run.initial) {
      const at = { epoch: run.parent?.epoch ?? 0, batch: 0 };
      writeCheckpoint(db, id, 'last', { data: run.initial, ...at });
    }
    return readRun(db, id);
  });
}

/** The name itself, or with a number that no paired experiment has. */
export function freeSweepName(db: ReadableDb, base: string): string {
  const taken = db.prepare('SELECT 1 FROM runs WHERE sweep = ?');
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!taken.get(name)) return name;
  }
}

/** The first of `base`, `base-2`, `base-3`, … that no run has. */
export function freeRunName(db: ReadableDb, base: string): string {
  const taken = db.prepare<[string], { name: string }>(
    'SELECT name FROM runs WHERE name = ? AND removed_at IS NULL',
  );
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.get(name)) return name;
  }
}

export interface RunEdit {
  name?: string | undefined;
  tags?: string[] | undefined;
  notes?: string | undefined;
  pinned?: boolean | undefined;
  archived?: boolean | undefined;
}

/** Changes what the user may change of a run; what is left out stays. @throws UnrollError `not-found`, `name-taken` */
export function editRun(db: WritableDb, idOrName: string, edit: RunEdit): Run {
  return transaction(db, () => {
    const run = readRun(db, idOrName);
    const { name, tags, notes, pinned, archived } = { ...run, ...withoutUndefined(edit) };
    refuseTakenName(db, name, run.id);
    db.prepare('UPDATE runs SET name = ?, notes = ?, pinned = ?, archived = ? WHERE id = ?').run(
      name,
      notes,
      Number(pinned),
      Number(archived),
      run.id,
    );
    db.prepare('DELETE FROM run_tags WHERE run_id = ?').run(run.id);
    const addTag = db.prepare('INSERT OR IGNORE INTO run_tags (run_id, tag) VALUES (?, ?)');
    for (const tag of tags) addTag.run(run.id, tag);
    return readRun(db, run.id);
  });
}

export interface ManyEdit {
  runs: readonly string[];
  archived?: boolean | undefined;
  pinned?: boolean | undefined;
  addTags: readonly string[];
  removeTags: readonly string[];
}

/** One change to many runs, all of them or none. @throws UnrollError `not-found` */
export function changeRuns(db: WritableDb, { runs, archived, pinned, addTags, removeTags }: ManyEdit): void {
  const flag = (value: boolean | undefined) => (value === undefined ? null : Number(value));
  const update = db.prepare(
    `UPDATE runs SET archived = coalesce(?, archived), pinned = coalesce(?, pinned) WHERE id = ? AND removed_at IS NULL`,
  );
  const addTag = db.prepare('INSERT OR IGNORE INTO run_tags (run_id, tag) VALUES (?, ?)');
  const removeTag = db.prepare('DELETE FROM run_tags WHERE run_id = ? AND tag = ?');
  transaction(db, () => {
    for (const id of runs) {
      if (update.run(flag(archived), flag(pinned), id).changes === 0)
        throw new UnrollError('not-found', { kind: 'run', name: id });
      for (const tag of addTags) addTag.run(id, tag);
      for (const tag of removeTags) removeTag.run(id, tag);
    }
  });
}

const withoutUndefined = (edit: RunEdit): Partial<Run> =>
  Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined));

/** The ids of the runs that are queued, running or paused. */
export function activeRuns(db: ReadableDb): string[] {
  const sql = "SELECT id FROM runs WHERE status IN ('queued', 'running', 'paused') AND removed_at IS NULL";
  return db.prepare(sql).pluck().all() as string[];
}

/** Puts runs in the bin, all at once. */
export function removeRuns(db: WritableDb, ids: Iterable<string>): void {
  const remove = db.prepare('UPDATE runs SET removed_at = ? WHERE id = ?');
  transaction(db, () => {
    for (const id of ids) remove.run(Date.now(), id);
  });
}

/**
 * Takes runs out of the bin. Of several in it that had the same name, the one that went in last is meant.
 * @returns their ids
 * @throws UnrollError `not-found`, or `name-taken` when another run has a name by now
 */
export function restoreRuns(db: WritableDb, idsOrNames: readonly string[]): string[] {
  const find = db.prepare<[{ run: string }], { id: string; name: string }>(
    `SELECT id, name FROM runs WHERE id = $run OR (name = $run AND removed_at IS NOT NULL)
     ORDER BY id = $run DESC, removed_at DESC`,
  );
  return transaction(db, () =>
    idsOrNames.map((run) => {
      const row = find.get({ run });
      if (!row) throw new UnrollError('not-found', { kind: 'run', name: run });
      refuseTakenName(db, row.name, row.id);
      db.prepare('UPDATE runs SET removed_at = NULL WHERE id = ?').run(row.id);
      return row.id;
    }),
  );
}

/** Deletes for good the runs that went into the bin before `before` (milliseconds since 1970). */
export function purgeRemovedRuns(db: WritableDb, before: number): void {
  db.prepare('DELETE FROM runs WHERE removed_at < ?').run(before);
}

function refuseTakenName(db: ReadableDb, name: string, id: string): void {
  const sql = 'SELECT 1 FROM runs WHERE name = ? AND id <> ? AND removed_at IS NULL';
  if (db.prepare(sql).get(name, id)) throw new UnrollError('name-taken', { kind: 'run', name });
}
