/**
 * `npm run bench:exports -- IMDB_NPZ PYTHON [MODEL…]`: how far each format is from Unroll on 1,000 IMDB reviews, for every
 * template, for a softmax over both classes, and for masked, bidirectional, stacked models of every cell. Each is trained on a
 * few hundred reviews first, so that its weights are no longer those it began with. PYTHON is one with Keras 3. Writes
 * EXPORTS.md, where models that are left out keep what they last showed; fails where any probability differs by more than 1e-5.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openApplication } from '../src/main/application.ts';
import type { Probe } from '../src/main/exporters/exporter.ts';
import { reload } from '../src/main/exporters/reload.ts';
import { largestDifference } from '../src/main/exporters/verify.ts';
import { finishJob } from '../src/main/shells/finish-job.ts';
import { openWorkspace } from '../src/main/store/database.ts';
import { readPieces } from '../src/main/store/dataset-content.ts';
import { idsFromRanks, padSequences } from '../src/shared/data/preprocess.ts';
import type { ModelGraph } from '../src/shared/graph/graph.ts';
import { chain, templates } from '../src/shared/graph/templates.ts';
import { circumstances, record, table, type Circumstances } from './report.ts';

const REVIEWS = 1000;
const STEPS = 500;
const WORDS = 10_000;
const MOST = 1e-5;

/** The columns of the table; ONNX is predicted with by both builds of ONNX Runtime. */
const COLUMNS = ['keras', 'h5', 'python', 'onnx (WebAssembly)', 'onnx (native)', 'tfjs'] as const;

const HEAD = ['model', 'parameters', ...COLUMNS, 'probabilities', 'measured'];

interface Result {
  model: string;
  parameters: number;
  /** The largest difference of any probability, by column. */
  differences: Record<string, number>;
  lowest: number;
  highest: number;
  date: string;
  commit: string;
}

const [imdb, givenPython, ...names] = process.argv.slice(2);
if (imdb === undefined || givenPython === undefined)
  throw new Error('Give imdb.npz and a Python with Keras 3.');
const python = givenPython;

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
/** A template for several classes is fitted to two by one sigmoid; this has an output for each. */
const softmax = chain('softmax-over-classes', [
  ['input', 'Input', { shape: [STEPS], dtype: 'int32' }],
  ['embedding', 'Embedding', { input_dim: WORDS, output_dim: 32 }],
  ['gru', 'GRU', { units: 32 }],
  ['dense', 'Dense', { units: 2, activation: 'softmax' }],
]);
const all = [...templates.map(({ graph }) => graph), softmax, ...masked];
const models = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));

const folder = mkdtempSync(join(tmpdir(), 'unroll-exports-'));
const workspace = join(folder, 'workspace');
const application = openApplication({ workspace, shell: 'cli' });
const { values: about } = circumstances('npm run bench:exports --');
const before = JSON.parse(readFileSync(new URL('EXPORTS.json', import.meta.url), 'utf8')) as Result[];
const results = new Map(before.map((result) => [result.model, result]));
let worst = 0;
try {
  const { sequences, inputs } = await firstReviews();
  for (const model of models) {
    const result = await compare(model, sequences, inputs);
    results.set(model.name, result);
    worst = Math.max(worst, ...Object.values(result.differences));
    console.log(table(HEAD, [row(result)]));
  }
} finally {
  await application.close();
  rmSync(folder, { recursive: true, force: true });
}
const known = all.flatMap(({ name }) => results.get(name) ?? []);
await record('EXPORTS', report(known, about), known);
process.exitCode = worst <= MOST ? 0 : 1;

/** The first reviews of the test split, as ids, and padded. */
async function firstReviews(): Promise<{ sequences: Int32Array[]; inputs: Int32Array }> {
  const dataset = await finishJob(application, 'data.import', { path: resolve(imdb!), name: 'imdb' });
  const { db, close } = openWorkspace(workspace);
  const ids = readPieces(db, dataset.id, 'test').flatMap(({ values, offsets, labels }) =>
    Array.from(labels, (_, i) =>
      idsFromRanks(values.subarray(offsets[i], offsets[i + 1]) as Int32Array, WORDS, dataset.conventions!),
    ),
  );
  close();
  const sequences = ids.slice(0, REVIEWS);
  const inputs = padSequences(sequences, STEPS, { padding: 'pre', truncating: 'pre' }) as Int32Array;
  return { sequences, inputs };
}

/** @returns the number of its parameters */
async function train(model: ModelGraph): Promise<number> {
  const { name } = model;
  const ended = new Promise<number>((done, fail) => {
    application.on('run.changed', (run) => {
      if (run.name !== name) return;
      if (run.status === 'done') done(run.parameters);
      else if (run.status === 'failed') fail(new Error(run.error!.message));
    });
  });
  const training = {
    epochs: 1,
    limit: 512,
    batch_size: 64,
    optimizer: { name: 'adam' as const, learning_rate: 0.01 },
    ...(model === softmax ? { loss: 'sparse_categorical_crossentropy' as const } : {}),
  };
  // A template is fitted to the data by its name.
  const isTemplate = templates.some((template) => template.name === name);
  await application.call('training.start', {
    model: isTemplate ? name : model,
    data: 'imdb',
    name,
    training,
  });
  return ended;
}

async function compare(
  model: ModelGraph,
  sequences: readonly Int32Array[],
  inputs: Int32Array,
): Promise<Result> {
  const { name } = model;
  const parameters = await train(model);
  const tokens = sequences.map((sequence) => [...sequence]);
  const scored = await finishJob(application, 'predictions.score', { source: name, tokens });
  const expected = Float32Array.from(scored.flatMap(({ probabilities }) => probabilities));
  const probe: Probe = { inputs, examples: REVIEWS, maxlen: STEPS, width: null, expected };
  const path = (format: string) => join(folder, `${name}${format === 'python' ? '.py' : `.${format}`}`);
  for (const format of ['keras', 'h5', 'python', 'onnx', 'tfjs'] as const)
    await finishJob(application, 'runs.export', { run: name, format, path: path(format) });
  const tools = { signal: new AbortController().signal, nodePath: undefined };
  const predicted: [column: (typeof COLUMNS)[number], outputs: Float32Array][] = [
    ...inKeras({ keras: path('keras'), h5: path('h5'), python: path('python') }, inputs),
    ['onnx (WebAssembly)', await reload('onnx', path('onnx'), probe, tools)],
    ['onnx (native)', await inNativeOnnxRuntime(path('onnx'), inputs)],
    ['tfjs', await reload('tfjs', join(path('tfjs'), 'model.json'), probe, tools)],
  ];
  const differences = Object.fromEntries(
    predicted.map(([column, outputs]) => [column, largestDifference(outputs, expected)]),
  );
  const { date, commit } = about;
  const range = { lowest: Math.min(...expected), highest: Math.max(...expected) };
  return { model: name, parameters, differences, ...range, date, commit };
}

async function inNativeOnnxRuntime(path: string, inputs: Int32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  const input = new Tensor('int32', inputs, [REVIEWS, STEPS]);
  const outputs = await session.run({ [session.inputNames[0]!]: input });
  return outputs[session.outputNames[0]!]!.data as Float32Array;
}

function inKeras<F extends string>(
  files: Record<F, string>,
  inputs: Int32Array,
): [format: F, outputs: Float32Array][] {
  const entries = Object.entries(files) as [F, string][];
  const cases = entries.map(([, file]) => ({
    file: basename(file),
    inputs: [...inputs],
    shape: [REVIEWS, STEPS],
    dtype: 'int32',
  }));
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
  const script = join(import.meta.dirname, '../test/interop/check_exports.py');
  const { stdout, stderr } = spawnSync(python, [script, folder], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  const answers = stdout.split('\n').filter((line) => line.startsWith('{"file"'));
  if (answers.length < entries.length) throw new Error(stderr.slice(-2000));
  return answers.map((line, i) => [
    entries[i]![0],
    Float32Array.from((JSON.parse(line) as { outputs: number[] }).outputs),
  ]);
}

function row({ model, parameters, differences, lowest, highest, date, commit }: Result): string[] {
  const range = `${lowest.toFixed(3)} to ${highest.toFixed(3)}`;
  const figures = COLUMNS.map((column) => differences[column]!.toExponential(1));
  return [model, parameters.toLocaleString('en'), ...figures, range, `${date} ${commit}`];
}

function report(known: readonly Result[], { processor, node }: Circumstances): string {
  const largest = Math.max(...known.flatMap(({ differences }) => Object.values(differences)));
  return `# How far exports are from Unroll

The largest difference of any probability over the first ${REVIEWS.toLocaleString('en')} reviews of IMDB's test split, cut and padded to ${STEPS} words, between
Unroll's own engine and what loads the file: Keras for \`.keras\`, \`.h5\` and the Python script, both builds of ONNX Runtime
for ONNX (Unroll itself checks with the WebAssembly one), plain TensorFlow.js for tfjs. Templates are fitted to the data:
\`series-forecast\` gets an Embedding, and reads numbers in the tests, which compare it in every format. Every model was trained
on 512 reviews first. At most ${MOST.toExponential()} is allowed; the largest of all is ${largest.toExponential(1)}.
From R it is the same Keras: \`test/interop\` loads \`.keras\` and \`.h5\` there too, by reticulate.

- processor: ${processor}
- node: ${node}
- command: \`npm run bench:exports -- imdb.npz PYTHON\`

${table(HEAD, known.map(row))}
`;
}
