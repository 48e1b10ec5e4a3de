/** Readers of models of other programs. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { unzipSync } from 'fflate';
import { startHdf5 } from '../../src/main/hdf5/hdf5.ts';
import { answer, ready } from '../../src/main/hdf5/hdf5-library.ts';
import type { Hdf5Answer, Hdf5Content, Hdf5Request } from '../../src/main/hdf5/content.ts';
import { readArchive } from '../../src/main/importers/models/archive.ts';
import { modelOfH5 } from '../../src/main/importers/models/h5-file.ts';
import { readModel } from '../../src/main/importers/models/index.ts';
import { readKerasModel } from '../../src/main/importers/models/keras-model.ts';
import { UnrollError } from '../../src/shared/errors.ts';
import { fixture } from './files.ts';
import { below, mutateBytes, mutateJson, oneOf } from './mutate.ts';
import { file, textOf, type Target } from './target.ts';

const KERAS_FILES = ['bidirectional', 'options', 'gru-reset-before', 'mask-zero', 'several-outputs'];
const dialect = { keras3: true, resetAfter: true, weights: true };

const configs = KERAS_FILES.map((name) => JSON.parse(textOf(fixture('models', `${name}.json`))) as unknown);
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
            textOf(mutateBytes(random, Buffer.from(String(attributes.get('model_config'))))),
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

export const modelTargets: readonly Target[] = [
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
];
