/** Readers of what Unroll itself writes, and of what is typed or pasted. */
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beginning } from '../../src/main/import-model.ts';
import { openWorkspace, type Workspace } from '../../src/main/store/database.ts';
import { RunFile, writeRunFile } from '../../src/main/store/run-file.ts';
import { sealed, unsealed } from '../../src/main/store/run-file-seal.ts';
import { createRun } from '../../src/main/store/runs.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/shared/checkpoint.ts';
import { decodeFrame, encodeFrame } from '../../src/shared/contract/codec.ts';
import { UnrollError } from '../../src/shared/errors.ts';
import { requireValid } from '../../src/shared/graph/analyse.ts';
import { copyLayers, readCopiedLayers } from '../../src/shared/graph/clipboard.ts';
import { readModelFile } from '../../src/shared/graph/model-file.ts';
import { templates } from '../../src/shared/graph/templates.ts';
import { compileQuery } from '../../src/shared/query/evaluate.ts';
import { parseQuery } from '../../src/shared/query/parse.ts';
import { printQuery } from '../../src/shared/query/print.ts';
import type { MersenneTwister } from '../../src/shared/random/mersenne-twister.ts';
import { rows, source } from '../unit/shared/query/rows.ts';
import { insertSmallDataset, newRun, smallGraph } from '../unit/main/workspace.ts';
import { below, mutateBytes, mutateJson, oneOf } from './mutate.ts';
import { bytes, textOf, type Target } from './target.ts';

/** Values that may stand in any column of a file made to harm. */
const ODD_CELLS = [
  null,
  '',
  'x',
  '{}',
  '[1]',
  'null',
  -1,
  0,
  1.5,
  2 ** 53,
  Buffer.alloc(0),
  Buffer.from([1, 2, 3]),
];

/** A run file's database with a value of a row changed, or a row there twice or not at all. */
function mutateRows(random: MersenneTwister, source: Uint8Array): Uint8Array {
  const db = new Database(Buffer.from(source));
  try {
    db.pragma('foreign_keys = OFF');
    db.pragma('ignore_check_constraints = ON');
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    for (let changes = 1 + below(random, 2); changes > 0; changes--) {
      const table = oneOf(random, tables);
      const columns = db.prepare<[], string>(`SELECT name FROM pragma_table_info('${table}')`).pluck().all();
      const value = oneOf(random, ODD_CELLS);
      try {
        if (below(random, 8) === 0) db.exec(`DELETE FROM ${table}`);
        else db.prepare(`UPDATE ${table} SET ${oneOf(random, columns)} = ?`).run(value);
      } catch {
        // A table of SQLite's own, or a value its column does not take.
      }
    }
    return db.serialize();
  } finally {
    db.close();
  }
}

/** A checkpoint of the small run's model. */
const untrained = encodeCheckpoint({
  position: beginning(0.1),
  weights: [...requireValid(smallGraph).nodes].flatMap(([id, { weights }]) =>
    weights.map(({ name, shape }) => ({
      name: `${id}/${name}`,
      shape,
      data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
    })),
  ),
  slots: [],
});

const runFile: Target = {
  name: 'a run file',
  async prepare(folder) {
    const { db, close } = openWorkspace(join(folder, 'workspace'));
    const run = createRun(db, newRun(await insertSmallDataset(db), { initial: untrained }));
    const whole = writeRunFile(db, run, true);
    const database = unsealed(whole)!;
    close();
    await rm(join(folder, 'workspace'), { recursive: true });
    const path = join(folder, 'a.unroll');
    const into = openWorkspace(join(folder, 'other'));
    return (random) => {
      // Most are sealed anew: else nothing behind the seal would be reached.
      const isSealed = below(random, 8) > 0;
      const mutated = below(random, 2) === 0 ? mutateBytes : mutateRows;
      const file = isSealed ? sealed(mutated(random, database)) : mutateBytes(random, whole);
      writeFileSync(path, file);
      const opened = new RunFile(path);
      try {
        if (!isSealed && !whole.equals(file)) throw new Error('It was read although it had changed.');
        opened.addTo(into.db, undefined);
        emptied(into);
      } finally {
        opened.close();
      }
    };
  },
};

/** So that the last case finds what the first found. */
const emptied = ({ db }: Workspace): void => {
  for (const table of ['runs', 'datasets']) db.exec(`DELETE FROM ${table}`);
};

const checkpoint = encodeCheckpoint({
  position: {
    epoch: 1,
    batch: 2,
    iterations: 3,
    learningRate: 0.1,
    sums: {},
    examples: 0,
    seconds: 0,
    callbacks: {},
  },
  weights: [{ name: 'dense/kernel', shape: [3, 2], data: new Float32Array(6) }],
  slots: [{ name: 'velocity/dense/kernel', shape: [3, 2], data: new Float32Array(6) }],
});

const frames = [
  { id: 1, method: 'runs.show', input: { run: 'a', values: Float32Array.of(1, NaN), nested: [{ $: 'x' }] } },
  { id: 2, output: { rows: [Int32Array.of(1, 2, 3), -0, Infinity], text: 'ünïcode' } },
  { event: 'run.changed', payload: new Uint8Array(40) },
].map((frame) => encodeFrame(frame));

const queries = [
  'model.cell = "lstm" and best(val_acc) > 0.85',
  'not (pinned or epochs in (3, -1)) and name not contains "a \\" b"',
  '(epochs + 2) * 2 >= 24 - last(loss) / 3 and tags is none',
  'created > "2026-11-01" or epochs < 10s',
].map((query) => Buffer.from(query));

/** What is understood is printed so that it is understood the same. */
function query(mutated: Uint8Array): void {
  const parsed = parseQuery(textOf(mutated));
  if ('problem' in parsed)
    throw new UnrollError('input-invalid', { what: 'query', reason: parsed.problem.message });
  const compiled = compileQuery(parsed.expression, source);
  if ('matches' in compiled) rows.filter(compiled.matches);
  if (parsed.expression === null) return;
  const printed = printQuery(parsed.expression);
  const again = parseQuery(printed);
  if ('problem' in again || printQuery(again.expression!) !== printed)
    throw new Error(`printed as ${printed}`);
}

const pasted = templates.map(({ graph }) =>
  copyLayers(
    graph,
    graph.nodes.map(({ id }) => id),
  ),
);

export const ownTargets: readonly Target[] = [
  runFile,
  bytes('a checkpoint', [checkpoint], decodeCheckpoint),
  bytes('a frame of the contract', frames, decodeFrame),
  bytes('a query', queries, query),
  {
    name: 'a model file',
    prepare: () => (random) => {
      const graph = mutateJson(random, oneOf(random, templates).graph);
      return readModelFile(JSON.stringify(graph) ?? '', 'a.json');
    },
  },
  {
    name: 'layers that are pasted',
    prepare: () => (random) =>
      readCopiedLayers(JSON.stringify(mutateJson(random, oneOf(random, pasted))) ?? ''),
  },
];
