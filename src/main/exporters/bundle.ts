/** Everything in one zip: the model in all formats that can hold it, and all it takes to use it elsewhere. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import type { BundlePreprocessing } from '../../shared/data/bundle.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import { readArchive } from '../importers/models/archive.ts';
import { modelCard } from './bundle/card.ts';
import { javascriptExample, pythonExample, rExample } from './bundle/scoring.ts';
import { pythonExporter, rExporter } from './code.ts';
import type { Check, CheckTools, Exporter, ExportFile, Trained } from './exporter.ts';
import { h5Exporter, kerasExporter } from './keras.ts';
import { BOOK_LSTM_MODULE, hasBookLstm } from './keras/book-lstm-files.ts';
import { onnxExporter } from './onnx.ts';
import { ownCells, tfjsExporter } from './tfjs.ts';
import { OWN_LAYERS_FILE } from './tfjs/own-layers.ts';
import { largestDifference } from './verify.ts';

interface Part {
  exporter: Exporter;
  /** The main file's name in the bundle; for a folder its name. */
  name: string;
  what: string | ((graph: ModelGraph) => string);
}

/** How TensorFlow.js loads the model, also one that it lacks layers for. */
function tfjsWords(graph: ModelGraph): string {
  const lacking = ownCells(graph);
  return lacking === null
    ? 'TensorFlow.js, `tf.loadLayersModel`'
    : `TensorFlow.js, \`tf.loadLayersModel\` after \`register(tf)\` of \`tfjs/${OWN_LAYERS_FILE}\`, since TensorFlow.js has ${lacking}`;
}

const PARTS: readonly Part[] = [
  {
    exporter: kerasExporter,
    name: 'model.keras',
    what: 'Keras 3, compiled, with the state of its optimizer',
  },
  { exporter: h5Exporter, name: 'model.h5', what: "Keras's older HDF5 form" },
  { exporter: onnxExporter, name: 'model.onnx', what: 'ONNX, opset 17' },
  { exporter: tfjsExporter, name: 'tfjs', what: tfjsWords },
  { exporter: pythonExporter, name: 'train.py', what: 'the run as a Python script' },
  { exporter: rExporter, name: 'train.R', what: 'the run as an R script' },
];

/** What lies beside the parts, shared by two of them each. */
const BESIDE: Readonly<Record<string, string>> = {
  [`${BOOK_LSTM_MODULE}.py`]:
    'what a Book LSTM is; imported before `model.keras` or `model.h5` is loaded in Python',
  [`${BOOK_LSTM_MODULE}.R`]: 'the same for R, to be sourced',
  'train.weights.h5': 'the weights that both scripts load',
};

/** Paths in the zip. A folder's files lie in it; the data of a script stay with who has them, and words are there once. */
async function partFiles({ exporter, name }: Part, trained: Trained): Promise<ExportFile[]> {
  const files = await exporter.files({ ...trained, withData: false }, name);
  if (exporter.ending === '') return files.map((file) => ({ ...file, name: `${name}/${file.name}` }));
  return files
    .filter((file) => !file.name.endsWith('_vocabulary.json'))
    .map((file) => ({ ...file, content: sharingWords(file.content) }));
}

const sharingWords = (content: ExportFile['content']): ExportFile['content'] =>
  typeof content === 'string' ? content.replaceAll('train_vocabulary.json', 'vocabulary.json') : content;

function preprocessing({ run, dataset, maxlen }: Trained): BundlePreprocessing {
  const { kind, width, conventions, task, classes } = dataset;
  const { num_words, padding, truncating } = run.preprocessing;
  const how = { num_words, maxlen, padding, truncating, conventions };
  return { format: 'unroll-preprocessing', version: 1, kind, width, ...how, task, classes };
}

function metrics({ run, checkpoint, evaluation }: Trained): object {
  const { last, best, bestEpochs, epochsDone } = run;
  return { run: run.name, checkpoint, epochs: epochsDone, last, best, bestEpochs, test: evaluation };
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function contents(trained: Trained): Promise<ExportFile[]> {
  const parts: ExportFile[] = [];
  const listed: [string, string][] = [];
  const left: string[] = [];
  for (const part of PARTS) {
    try {
      parts.push(...(await partFiles(part, trained)));
      const what = typeof part.what === 'string' ? part.what : part.what(trained.run.graph);
      listed.push([part.exporter.ending === '' ? `${part.name}/` : part.name, what]);
    } catch (error) {
      if (!(error instanceof UnrollError) || error.code !== 'export-unsupported') throw error;
      left.push(`${part.name}, since ${error.message}`);
    }
  }
  listed.push(...Object.entries(BESIDE).filter(([name]) => parts.some((part) => part.name === name)));
  const { kind, conventions } = trained.dataset;
  const words = trained.vocabulary.length > 0 && conventions !== null;
  const example = { words, numbers: kind === 'values', book: hasBookLstm(trained.run.graph) };
  const about: [string, string, string][] = [
    [
      'preprocessing.json',
      'how sequences are prepared, and what the outputs mean',
      pretty(preprocessing(trained)),
    ],
    ...(words
      ? [['vocabulary.json', 'words by rank', JSON.stringify(trained.vocabulary)] as [string, string, string]]
      : []),
    ['metrics.json', 'what it achieved', pretty(metrics(trained))],
    ['score.py', 'how to score with it in Python', pythonExample(example)],
    ['score.R', 'how to score with it in R', rExample(example)],
    ['score.mjs', 'how to score with it in JavaScript', javascriptExample(example)],
  ];
  for (const [name, what, content] of about) {
    parts.push({ name, content });
    listed.push([name, what]);
  }
  return [{ name: 'MODEL_CARD.md', content: modelCard(trained, listed, left) }, ...parts];
}

function zipped(files: readonly ExportFile[]): Uint8Array {
  const bytes = files.map(({ name, content }): [string, Uint8Array] => [
    name,
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  ]);
  return zipSync(Object.fromEntries(bytes), { level: 6 });
}

/** Unpacks the zip and checks every part in it as if it had been exported alone; what differs most is answered. */
async function check(folder: string, zip: string, trained: Trained, tools: CheckTools): Promise<Check> {
  const unpacked = join(folder, 'unpacked');
  const entries = await readArchive(join(folder, zip));
  for (const [name, bytes] of entries) {
    await mkdir(dirname(join(unpacked, name)), { recursive: true });
    await writeFile(join(unpacked, name), bytes);
  }
  let worst: Check = { what: '', outputs: null };
  const checked: string[] = [];
  for (const { exporter, name } of PARTS) {
    const isFolder = exporter.ending === '';
    if (![...entries.keys()].some((entry) => entry === name || (isFolder && entry.startsWith(`${name}/`))))
      continue;
    tools.signal.throwIfAborted();
    const files = [...entries.keys()]
      .filter((entry) => entry !== name)
      .map((entry) => ({ name: entry, content: '' }));
    const weights = files.filter(
      (file) => file.name.endsWith('.weights.h5') && file.name.startsWith('train'),
    );
    const own = [{ name, content: '' }, ...weights];
    const result = await exporter.check(
      isFolder ? join(unpacked, name) : unpacked,
      own,
      { ...trained, withData: false },
      tools,
    );
    checked.push(`${name}: ${result.what}`);
    const difference = (one: Check) =>
      one.outputs && trained.probe ? largestDifference(one.outputs, trained.probe.expected) : -1;
    if (!(difference(result) <= difference(worst))) worst = result;
  }
  return { what: checked.join('; '), outputs: worst.outputs };
}

export const bundleExporter: Exporter = {
  format: 'bundle',
  ending: '.zip',
  files: async (trained, name) => [{ name, content: zipped(await contents(trained)) }],
  check: (folder, [main], trained, tools) => check(folder, main!.name, trained, tools),
};
