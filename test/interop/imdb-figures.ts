/**
 * How far each format is from Unroll on 1,000 IMDB reviews, for every template that reads words, masked ones too:
 *
 *   node test/interop/imdb-figures.ts IMDB_NPZ PYTHON [MODEL…]
 *
 * PYTHON is one with Keras 3. Each model is trained on a few hundred reviews first, so that its weights are no longer those it
 * began with. Prints the largest difference of any probability, a line each, and fails where one is above 1e-5.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openApplication } from '../../src/main/application.ts';
import type { Probe } from '../../src/main/exporters/exporter.ts';
import { reload } from '../../src/main/exporters/reload.ts';
import { largestDifference } from '../../src/main/exporters/verify.ts';
import { finishJob } from '../../src/main/shells/finish-job.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import { readPieces } from '../../src/main/store/dataset-content.ts';
import { idsFromRanks, padSequences } from '../../src/shared/data/preprocess.ts';
import type { ModelGraph } from '../../src/shared/graph/graph.ts';
import { chain, templates } from '../../src/shared/graph/templates.ts';

const REVIEWS = 1000;
const STEPS = 500;
const WORDS = 10_000;
const MOST = 1e-5;

const [imdb, python, ...names] = process.argv.slice(2);
if (imdb === undefined || python === undefined) throw new Error('Give imdb.npz and a Python with Keras 3.');

type Layer = Parameters<typeof chain>[1][number];

/** The same on padding that is skipped, on one another and in both directions. */
const masked = ['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'].map((type): ModelGraph => {
  const layers: Layer[] = [
    ['input', 'Input', { shape: [STEPS], dtype: 'int32' }],
    ['embedding', 'Embedding', { input_dim: WORDS, output_dim: 32, mask_zero: true }],
    ['both', 'Bidirectional', { layer: { type, config: { units: 16, return_sequences: true } } }],
    ['last', type, { units: 16 }],
    ['dense', 'Dense', { units: 1, activation: 'sigmoid' }],
  ];
  return chain(`masked-bidirectional-stacked-${type}`, layers);
});
const judgesReviews = ({ nodes }: ModelGraph) =>
  nodes.some(({ type }) => type === 'Embedding') && nodes.at(-1)!.config.activation === 'sigmoid';
const all = [...templates.map(({ graph }) => graph).filter(judgesReviews), ...masked];
const models = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));

const folder = mkdtempSync(join(tmpdir(), 'unroll-imdb-'));
const workspace = join(folder, 'workspace');
const application = openApplication({ workspace, shell: 'cli' });
const say = (text: string) => process.stdout.write(`${text}\n`);
let worst = 0;
try {
  const dataset = await finishJob(application, 'data.import', { path: imdb, name: 'imdb' });
  const { db, close } = openWorkspace(workspace);
  const ids = readPieces(db, dataset.id, 'test').flatMap(({ values, offsets, labels }) =>
    Array.from(labels, (_, i) =>
      idsFromRanks(values.subarray(offsets[i], offsets[i + 1]) as Int32Array, WORDS, dataset.conventions!),
    ),
  );
  close();
  const sequences = ids.slice(0, REVIEWS);
  const inputs = padSequences(sequences, STEPS, { padding: 'pre', truncating: 'pre' });
  for (const model of models) await compare(model, sequences, inputs);
} finally {
  await application.close();
  rmSync(folder, { recursive: true, force: true });
}
say(`largest of all: ${worst.toExponential(2)}`);
process.exitCode = worst <= MOST ? 0 : 1;

async function train(model: ModelGraph): Promise<void> {
  const { name } = model;
  const ended = new Promise<void>((resolve) => {
    application.on('run.changed', (run) => run.name === name && run.status === 'done' && resolve());
  });
  const training = {
    epochs: 1,
    limit: 512,
    batch_size: 64,
    optimizer: { name: 'adam' as const, learning_rate: 0.01 },
  };
  await application.call('training.start', { model, data: 'imdb', name, training });
  await ended;
}

async function compare(
  model: ModelGraph,
  sequences: readonly Int32Array[],
  inputs: Int32Array,
): Promise<void> {
  await train(model);
  const { name } = model;
  const tokens = sequences.map((sequence) => [...sequence]);
  const scored = await finishJob(application, 'predictions.score', { source: name, tokens });
  const expected = Float32Array.from(scored, ({ probabilities }) => probabilities[0]!);
  const probe: Probe = { inputs, examples: REVIEWS, maxlen: STEPS, width: null, expected };
  const differences: Record<string, number> = {};
  const path = (format: string) => join(folder, `${name}${format === 'python' ? '.py' : `.${format}`}`);
  for (const format of ['keras', 'h5', 'python', 'onnx', 'tfjs'] as const)
    await finishJob(application, 'runs.export', { run: name, format, path: path(format) });
  const signal = new AbortController().signal;
  for (const [format, place] of [
    ['onnx', path('onnx')],
    ['tfjs', join(path('tfjs'), 'model.json')],
  ] as const)
    differences[format] = largestDifference(
      (await reload(format, place, probe, signal)) as Float32Array,
      expected,
    );
  const files = ['keras', 'h5', 'python'].map((format) => basename(path(format)));
  for (const [file, outputs] of inKeras(files, inputs))
    differences[file.slice(file.lastIndexOf('.') + 1)] = largestDifference(outputs, expected);
  worst = Math.max(worst, ...Object.values(differences));
  const shown = Object.entries(differences).map(([format, value]) => `${format} ${value.toExponential(2)}`);
  say(
    `${name}: ${shown.join(', ')} (probabilities ${Math.min(...expected).toFixed(3)} to ${Math.max(...expected).toFixed(3)})`,
  );
}

function inKeras(files: readonly string[], inputs: Int32Array): [file: string, outputs: Float32Array][] {
  const cases = files.map((file) => ({ file, inputs: [...inputs], shape: [REVIEWS, STEPS], dtype: 'int32' }));
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
  const { stdout, stderr } = spawnSync(python!, [join(import.meta.dirname, 'check_exports.py'), folder], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  const answers = stdout.split('\n').filter((line) => line.startsWith('{"file"'));
  if (answers.length < files.length) throw new Error(stderr.slice(-2000));
  return answers.map((line) => {
    const { file, outputs } = JSON.parse(line) as { file: string; outputs: number[] };
    return [file, Float32Array.from(outputs)];
  });
}
