/** Workspaces with many finished runs, made in seconds: what the benchmark of the interface is measured on. */
import { insertDataset } from '../../src/main/store/dataset-writer.ts';
import { openWorkspace, transaction, type WritableDb } from '../../src/main/store/database.ts';
import { summariseAnew, summarisePace } from '../../src/main/store/run-metrics.ts';
import { createRun, editRun } from '../../src/main/store/runs.ts';
import { KERAS_CONVENTIONS, type Dataset, type Example } from '../../src/shared/data/dataset.ts';
import { chain } from '../../src/shared/graph/templates.ts';
import { preprocessingSchema, trainingSchema } from '../../src/shared/training.ts';

export interface WorkspaceSize {
  runs: number;
  epochs: number;
}

const CELLS = ['SimpleRNN', 'LSTM', 'GRU'] as const;
const UNITS = [16, 32, 64];
const RATES = [0.0003, 0.001, 0.003];
const TAGS = ['baseline', 'ablation', 'long sequences', 'for the lecture'];

/** A small generator of even numbers in [0, 1), so that every workspace of a size is the same. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function* fewExamples(): AsyncGenerator<Example> {
  for (const split of ['train', 'test'] as const)
    for (let i = 0; i < 10; i++) yield { split, values: Int32Array.of(1, i, 3), label: i % 2 };
}

function insertData(db: WritableDb, name: string): Promise<Dataset> {
  const data = {
    suggestedName: name,
    kind: 'tokens' as const,
    width: 1,
    task: 'binary' as const,
    classes: ['no', 'yes'],
    conventions: KERAS_CONVENTIONS,
    vocabulary: ['a', 'b', 'c'],
    hasTexts: false,
    source: { format: 'generated' },
    examples: fewExamples(),
  };
  return insertDataset(db, name, data, { signal: new AbortController().signal });
}

function model(cell: string, units: number) {
  return chain(`imdb-${cell.toLowerCase()}-${units}`, [
    ['input', 'Input', { shape: [500], dtype: 'int32' }],
    ['embedding', 'Embedding', { input_dim: 10000, output_dim: 32 }],
    ['recurrent', cell, { units }],
    ['dense', 'Dense', { units: 1, activation: 'sigmoid' }],
  ]);
}

/** Loss and accuracy that fall and rise as training does, with noise; `level` says how well the run does. */
function logsAt(epoch: number, level: number, random: () => number) {
  const noise = () => (random() - 0.5) * 0.02;
  const learned = 1 - Math.exp(-epoch / 4);
  const loss = 0.69 - 0.45 * learned * level + noise();
  const acc = 0.5 + 0.45 * learned * level + noise();
  return { loss, acc, val_loss: loss + 0.004 * epoch + noise(), val_acc: acc - 0.02 + noise() };
}

/** Fills an empty folder: `runs` finished runs of `epochs` epochs with four metrics each. */
export async function makeWorkspace(folder: string, { runs, epochs }: WorkspaceSize): Promise<void> {
  const workspace = openWorkspace(folder);
  const { db } = workspace;
  db.pragma('synchronous = OFF');
  const datasets = [await insertData(db, 'imdb'), await insertData(db, 'tickets')];
  const random = randomNumbers(1);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const base = {
    preprocessing: preprocessingSchema.parse({}),
    engine: 'simd',
    threads: 2,
    parameters: 322_113,
  };
  const addEpoch = db.prepare('INSERT INTO epoch_metrics VALUES (?, ?, ?, ?, 0.001, 200000000, 0)');
  const fill = (from: number, to: number) => {
    for (let number = from; number < to; number++) {
      const cell = pick(CELLS);
      const units = pick(UNITS);
      const graph = model(cell, units);
      const optimizer = { name: 'rmsprop' as const, learning_rate: pick(RATES) };
      const run = createRun(db, {
        ...base,
        name: `${graph.name}-${number + 1}`,
        model: graph.name,
        graph,
        dataset: pick(datasets),
        training: trainingSchema.parse({ epochs, seed: 1 + Math.floor(random() * 5), optimizer }),
        machine: { cpu: 'generated' },
        versions: { unroll: '0' },
      });
      const level = 0.7 + 0.3 * random();
      for (let epoch = 1; epoch <= epochs; epoch++)
        addEpoch.run(run.id, epoch, JSON.stringify(logsAt(epoch, level, random)), 3 + random());
      summariseAnew(db, run.id);
      summarisePace(db, run.id);
      if (random() < 0.2) editRun(db, run.id, { tags: [pick(TAGS)] });
      db.prepare(
        "UPDATE runs SET status = 'done', epochs_done = epochs, best_epoch = epochs, started_at = created_at, ended_at = created_at WHERE id = ?",
      ).run(run.id);
    }
  };
  for (let from = 0; from < runs; from += 500) transaction(db, () => fill(from, Math.min(runs, from + 500)));
  db.exec('ANALYZE');
  workspace.close();
}
