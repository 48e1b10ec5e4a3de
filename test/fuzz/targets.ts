/** Every reader of what may come from elsewhere, with what it is fuzzed with. A case must be read, or refused with a clear word. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { unzipSync } from 'fflate';
import { startHdf5 } from '../../src/main/hdf5/hdf5.ts';
import { answer, ready } from '../../src/main/hdf5/hdf5-library.ts';
import type { Hdf5Answer, Hdf5Content, Hdf5Request } from '../../src/main/hdf5/content.ts';
import { findImporter } from '../../src/main/importers/index.ts';
import { readArchive } from '../../src/main/importers/models/archive.ts';
import { readModel } from '../../src/main/importers/models/index.ts';
import { modelOfH5 } from '../../src/main/importers/models/h5-file.ts';
import { readKerasModel } from '../../src/main/importers/models/keras-model.ts';
import { readWordIndex } from '../../src/main/importers/word-index.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import { RunFile, writeRunFile } from '../../src/main/store/run-file.ts';
import { createRun } from '../../src/main/store/runs.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/shared/checkpoint.ts';
import { decodeFrame, encodeFrame } from '../../src/shared/contract/codec.ts';
import { UnrollError } from '../../src/shared/errors.ts';
import { readModelFile } from '../../src/shared/graph/model-file.ts';
import { templates } from '../../src/shared/graph/templates.ts';
import { compileQuery } from '../../src/shared/query/evaluate.ts';
import { parseQuery } from '../../src/shared/query/parse.ts';
import { printQuery } from '../../src/shared/query/print.ts';
import type { MersenneTwister } from '../../src/shared/random/mersenne-twister.ts';
import { rows, source } from '../unit/shared/query/rows.ts';
import { insertSmallDataset, newRun } from '../unit/main/workspace.ts';
import { fixture, TEXT_FILES } from './files.ts';
import { below, mutateBytes, mutateJson, oneOf } from './mutate.ts';

export interface Target {
  name: string;
  /**
   * Makes what the cases need, once. @param folder one of its own, empty
   * @returns one case: throws an UnrollError for what is refused, and anything else for a fault
   */
  prepare(
    folder: string,
  ): Promise<(random: MersenneTwister) => unknown> | ((random: MersenneTwister) => unknown);
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const KERAS_FILES = ['bidirectional', 'options', 'gru-reset-before', 'mask-zero'];
const dialect = { keras3: true, resetAfter: true };

/** A file that is read after some of its bytes were changed. */
const file = (
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
  read: (path: string) => unknown,
): Target => ({
  name,
  prepare: (folder) => (random) => {
    const own = oneOf(random, Object.keys(files));
    const path = join(folder, own);
    writeFileSync(path, mutateBytes(random, files[own]!));
    return read(path);
  },
});

/** Bytes that are read after some of them were changed. */
const bytes = (name: string, seeds: readonly Uint8Array[], read: (bytes: Uint8Array) => unknown): Target => ({
  name,
  prepare: () => (random) => read(mutateBytes(random, oneOf(random, seeds))),
});

async function importAll(path: string): Promise<void> {
  const importer = await findImporter(path, 'auto');
  const context = { options: {}, signal: new AbortController().signal, progress: () => undefined };
  const { examples } = await importer.read(path, context);
  for await (const example of examples) void example;
}

const numpyFiles = Object.fromEntries(
  ['words', 'protocol2', 'protocol5', 'python2', 'unsafe'].map((name) => [
    `${name}.npz`,
    fixture('data', `${name}.npz`),
  ]),
);
const configs = KERAS_FILES.map((name) => JSON.parse(text(fixture('models', `${name}.json`))) as unknown);
const archives = Object.fromEntries(
  KERAS_FILES.map((name) => [`${name}.keras`, fixture('models', `${name}.keras`)]),
);
const hdf5Files = KERAS_FILES.flatMap((name) => [
  fixture('models', `${name}.h5`),
  unzipSync(fixture('models', `${name}.keras`))['model.weights.h5']!,
]);

function contentOf(file: Uint8Array): Hdf5Content {
  const read = answer({ kind: 'read', bytes: file });
  if (read.kind !== 'read') throw new Error('a real file was not read');
  return read.content;
}

/** Files one thread reads; the application begins a new one for every file. */
const FILES_A_THREAD = 500;
/** Far more than any of them takes to read, and far less than the application waits. */
const PATIENCE_MS = 500;

/** The library in its thread, which is ended where it never would be, as the application does. */
const hdf5File: Target = {
  name: 'an HDF5 file',
  prepare() {
    let worker: Worker | undefined;
    let left = 0;
    return async (random) => {
      const bytes = mutateBytes(random, oneOf(random, hdf5Files));
      if (!worker || left === 0) {
        await worker?.terminate();
        worker = startHdf5();
        left = FILES_A_THREAD;
        await once(worker, 'message');
      }
      left -= 1;
      const read = await readWithin(worker, { kind: 'read', bytes });
      if (read === null) left = 0;
      if (read?.kind === 'read') return read;
      throw new UnrollError('file-damaged', { path: 'a.h5', reason: read?.reason ?? 'it takes too long.' });
    };
  },
};

async function readWithin(
  worker: Worker,
  request: Hdf5Request,
): Promise<Exclude<Hdf5Answer, { kind: 'written' }> | null> {
  const answered = once(worker, 'message').then(
    ([answer]) => answer as Exclude<Hdf5Answer, { kind: 'written' }>,
  );
  worker.postMessage(request);
  const ended = once(worker, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  return Promise.race([answered, ended.then(() => null)]);
}

/** What the HDF5 library gives, with groups, attributes and arrays changed. */
const hdf5Content: Target = {
  name: 'an HDF5 file of other content',
  async prepare() {
    await ready;
    const contents = KERAS_FILES.map((name) => contentOf(fixture('models', `${name}.h5`)));
    return (random) => {
      const { groups, arrays } = structuredClone(oneOf(random, contents));
      const name = oneOf(random, [...arrays.keys()]);
      const array = arrays.get(name)!;
      const attributes = oneOf(random, [...groups.values()]);
      const attribute = oneOf(random, [...attributes.keys(), 'layer_names']);
      const changes = [
        () => arrays.delete(name),
        () =>
          arrays.set(name, {
            ...array,
            shape: Array.from({ length: below(random, 5) }, () => below(random, 12)),
          }),
        () => arrays.set(name, { ...array, data: array.data.slice(below(random, array.data.length)) }),
        () => (array.data as Float32Array).fill(oneOf(random, [NaN, Infinity, -Infinity, 3e38])),
        () => attributes.delete(attribute),
        () => attributes.set(attribute, mutateJson(random, [attributes.get(attribute)]) as string[]),
        () =>
          attributes.set(
            'model_config',
            text(mutateBytes(random, Buffer.from(String(attributes.get('model_config'))))),
          ),
        () => groups.delete(oneOf(random, [...groups.keys()])),
      ];
      oneOf(random, changes)();
      return modelOfH5('a.h5', { groups, arrays });
    };
  },
};

const tfjs: Target = {
  name: 'a tfjs model',
  async prepare(folder) {
    const weights = new Float32Array(64);
    const entries = [
      ['embedding/embeddings', [4, 2]],
      ['dense/kernel', [2, 1]],
      ['dense/bias', [1]],
    ].map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
    const layers = [
      {
        class_name: 'Embedding',
        config: { name: 'embedding', input_dim: 4, output_dim: 2, batch_input_shape: [null, 3] },
      },
      { class_name: 'GlobalAveragePooling1D', config: { name: 'mean' } },
      { class_name: 'Dense', config: { name: 'dense', units: 1 } },
    ];
    const modelTopology = { class_name: 'Sequential', config: { layers } };
    const model = { modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: entries }] };
    await mkdir(join(folder, 'model'));
    writeFileSync(join(folder, 'model/weights.bin'), Buffer.from(weights.buffer, 0, 44));
    return (random) => {
      writeFileSync(join(folder, 'model/model.json'), JSON.stringify(mutateJson(random, model)));
      return readModel(join(folder, 'model'));
    };
  },
};

const runFile: Target = {
  name: 'a run file',
  async prepare(folder) {
    const { db, close } = openWorkspace(join(folder, 'workspace'));
    const run = createRun(db, newRun(await insertSmallDataset(db)));
    const whole = writeRunFile(db, run, true);
    close();
    await rm(join(folder, 'workspace'), { recursive: true });
    const path = join(folder, 'a.unroll');
    return (random) => {
      writeFileSync(path, mutateBytes(random, whole));
      const opened = new RunFile(path);
      try {
        return opened.checkpoint('last');
      } finally {
        opened.close();
      }
    };
  },
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
  const parsed = parseQuery(text(mutated));
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

export const targets: readonly Target[] = [
  file('a table or lines of text', TEXT_FILES, importAll),
  file('arrays of NumPy', numpyFiles, importAll),
  file('a word index', { 'index.json': Buffer.from(JSON.stringify({ the: 1, a: 2, é: 3 })) }, readWordIndex),
  file('a zip archive', archives, (path) => readArchive(path)),
  {
    name: "a model's configuration of Keras",
    prepare: () => (random) =>
      readKerasModel(mutateJson(random, oneOf(random, configs)), 'a', { path: 'a.json', dialect }),
  },
  file(
    'Keras JSON',
    { 'a.json': fixture('models', 'branches.json'), 'b.json': fixture('models', 'options.json') },
    (path) => readModel(path),
  ),
  hdf5File,
  hdf5Content,
  tfjs,
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
];
