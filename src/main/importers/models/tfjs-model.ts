/** A tfjs LayersModel: `model.json` with the weight files beside it. A folder with a `model.json` stands for it. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { NamedArray } from '../../../shared/checkpoint.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format.ts';
import { kindOfPath, readBeginning } from '../files.ts';
import { isPickle } from './archive.ts';
import { readKerasModel, type KerasModel } from './keras-model.ts';
import { isObject, type Config } from './keras-values.ts';
import { parseJson, refuseNewerKeras } from './keras-text.ts';
import { nameWeights, ownArrays } from './keras-weights.ts';
import { refuse, tooLarge, type ModelReader } from './model-importer.ts';
import { readWhole } from './whole-file.ts';

const MOST_BYTES = 2 ** 30;
const MOST_JSON_BYTES = 2 ** 26;
const SAVE_AGAIN = 'Save the model again with `model.save`, and keep its files together.';

const damaged = (path: string, reason: string) => new UnrollError('file-damaged', { path, reason });

async function modelFile(path: string): Promise<string> {
  return (await kindOfPath(path)) === 'folder' ? join(path, 'model.json') : path;
}

export const tfjsModel: ModelReader = {
  async match(path) {
    if ((await kindOfPath(path)) === 'folder') {
      return stat(join(path, 'model.json')).then(
        (found) => found.isFile(),
        () => false,
      );
    }
    if (!path.toLowerCase().endsWith('.json')) return false;
    return /"(modelTopology|weightsManifest)"/.test((await readBeginning(path, 1 << 20)).toString('latin1'));
  },
  async read(path) {
    const file = await modelFile(path);
    const content = parseJson(await readWhole(file, MOST_JSON_BYTES), path, 'model.json');
    const topology = isObject(content.modelTopology) ? content.modelTopology : {};
    if (content.format === 'graph-model' || 'node' in topology)
      throw refuse(
        path,
        'it is a tfjs GraphModel, which has operations instead of layers',
        'Convert the Keras model to a LayersModel.',
      );
    const serialised = isObject(topology.model_config) ? topology.model_config : topology;
    const version = topology.keras_version;
    const converted = /^3\./.test(String(version));
    if (!/^tfjs/.test(String(version ?? 'tfjs'))) refuseNewerKeras(version, path);
    const named = basename(file) === 'model.json' ? basename(dirname(file)) : basename(file, '.json');
    const manifest = readManifest(content.weightsManifest, path);
    const dialect = { keras3: converted, resetAfter: converted, weights: manifest.length > 0 };
    const model = readKerasModel(serialised, named || 'model', { path, dialect });
    const weights = manifest.length === 0 ? null : await readWeights(file, path, manifest, model);
    return { graph: model.graph, weights, compiled: null, notes: model.notes };
  },
};

interface Group {
  paths: string[];
  weights: { name: string; shape: number[] }[];
}

function readManifest(manifest: unknown, path: string): Group[] {
  const malformed = () => damaged(path, 'its weightsManifest is not as tfjs writes it.');
  if (manifest === undefined) return [];
  if (!Array.isArray(manifest)) throw malformed();
  return manifest.map((group: unknown): Group => {
    const { paths, weights } = (isObject(group) ? group : {}) as Config;
    if (!Array.isArray(paths) || !Array.isArray(weights)) throw malformed();
    const files = paths.map((file: unknown) => plainName(file, path));
    return { paths: files, weights: weights.map((weight: unknown) => readSpec(weight, path)) };
  });
}

/** Weight files lie beside `model.json`, nowhere else; tfjs itself writes `./weights.bin`. */
function plainName(name: unknown, path: string): string {
  const plain = typeof name === 'string' ? name.replace(/^\.\//, '') : '';
  if (plain !== '..' && /^[^/\\:]+$/.test(plain)) return plain;
  const reason = `it names the weight file ${JSON.stringify(name)}, outside of its folder.`;
  throw new UnrollError('file-unsafe', { path, reason });
}

function readSpec(weight: unknown, path: string): Group['weights'][number] {
  const { name, shape, dtype, quantization } = (isObject(weight) ? weight : {}) as Config;
  const whole = Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && Number(size) >= 0);
  if (typeof name !== 'string' || !whole)
    throw damaged(path, 'its weightsManifest is not as tfjs writes it.');
  if (dtype !== 'float32' || quantization !== undefined)
    throw refuse(
      path,
      `the weight ${name} is stored as ${quantization === undefined ? String(dtype) : 'quantised numbers'}`,
      'Save it with float32 weights.',
    );
  return { name, shape: shape as number[] };
}

/** The bytes of a group's files behind one another. */
async function readGroup(file: string, path: string, { paths, weights }: Group): Promise<Buffer> {
  const due = weights.reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1),
    0,
  );
  if (due > MOST_BYTES)
    throw tooLarge(
      path,
      `its weights have ${formatBytes(due)}, at most ${formatBytes(MOST_BYTES)} are read.`,
    );
  const parts = await Promise.all(
    paths.map((name) => {
      const part = join(dirname(file), name);
      return readWhole(part, due);
    }),
  );
  const bytes = Buffer.concat(parts);
  if (isPickle(bytes))
    throw new UnrollError('file-unsafe', { path, reason: `${paths[0]} is a pickle, a program for Python.` });
  if (bytes.length !== due)
    throw damaged(path, `its weights have ${bytes.length} bytes where ${due} are due.`);
  return bytes;
}

async function readWeights(
  file: string,
  path: string,
  manifest: readonly Group[],
  model: KerasModel,
): Promise<NamedArray[]> {
  const arrays: { name: string; shape: number[]; data: Float32Array }[] = [];
  for (const group of manifest) {
    const bytes = await readGroup(file, path, group);
    let at = 0;
    for (const { name, shape } of group.weights) {
      const length = shape.reduce((product, size) => product * size, 1);
      arrays.push({
        name,
        shape,
        data: new Float32Array(new Uint8Array(bytes.subarray(at, at + 4 * length)).buffer),
      });
      at += 4 * length;
    }
  }
  const listedFor = (fileName: string) => arrays.filter(({ name }) => name.startsWith(`${fileName}/`));
  const found = nameWeights(path, model, (layer) => ownArrays(layer, listedFor(layer.fileName)));
  const known = new Set(model.layers.flatMap(({ fileName }) => listedFor(fileName)));
  if (known.size < arrays.length)
    throw refuse(
      path,
      `it holds ${arrays.length} arrays of weights where its layers have ${known.size}`,
      SAVE_AGAIN,
    );
  return found;
}
