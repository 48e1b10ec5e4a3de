/** Keras 3's `.keras`: a zip with `config.json`, `metadata.json` and `model.weights.h5` (keras/src/saving/saving_lib.py). */
import { basename } from 'node:path';
import type { Hdf5Content } from '../../hdf5/content.ts';
import { readHdf5 } from '../../hdf5/hdf5.ts';
import { readBeginning } from '../files.ts';
import { archiveNames, readArchive } from './archive.ts';
import { isHdf5 } from './h5-file.ts';
import { readCompiled } from './keras-compiled.ts';
import { readKerasModel, type KerasModel } from './keras-model.ts';
import { isObject } from './keras-values.ts';
import { optimizerVariables, weightsByFolder } from './keras-weights.ts';
import { refuse, type ImportedModel, type ModelReader } from './model-importer.ts';
import { parseJson, refuseNewerKeras } from './keras-text.ts';

/** @param entries of the zip. @param name what to call the model */
export async function readKerasEntries(
  path: string,
  name: string,
  entries: ReadonlyMap<string, Buffer>,
): Promise<ImportedModel> {
  const config = entries.get('config.json');
  if (!config)
    throw refuse(path, 'it has no config.json', 'Save the model with `model.save("model.keras")`.');
  const { keras_version } = parseJson(
    entries.get('metadata.json') ?? Buffer.from('{}'),
    path,
    'metadata.json',
  );
  refuseNewerKeras(keras_version, path);
  const dialect = {
    keras3: !/^[012]\./.test(String(keras_version ?? '3.')),
    resetAfter: true,
    weights: true,
  };
  const serialised = parseJson(config, path, 'config.json');
  const model = readKerasModel(serialised, name, { path, dialect });
  const weights = entries.get('model.weights.h5');
  if (!weights)
    throw refuse(
      path,
      'it holds a model without its weights',
      'Save the whole model again, with its weights.',
    );
  const content = await readHdf5(weights, path);
  return {
    graph: model.graph,
    weights: weightsByFolder(path, model, content),
    compiled: dialect.keras3 ? compiledIn(path, model, serialised.compile_config, content) : null,
    notes: model.notes,
  };
}

function compiledIn(
  path: string,
  model: KerasModel,
  config: unknown,
  content: Hdf5Content,
): ImportedModel['compiled'] {
  const { optimizer, loss, metrics } = isObject(config) ? config : {};
  return readCompiled(path, model, { optimizer, loss, metrics, variables: optimizerVariables(content) });
}

const isZip = async (path: string): Promise<boolean> =>
  (await readBeginning(path, 2)).toString('latin1') === 'PK';

export const kerasFile: ModelReader = {
  // Keras 2 wrote HDF5 under this name as well.
  match: async (path) =>
    /\.keras$/i.test(path)
      ? !(await isHdf5(path))
      : (await isZip(path)) && (await archiveNames(path)).has('config.json'),
  read: async (path) =>
    readKerasEntries(path, basename(path).replace(/\.[^.]*$/, ''), await readArchive(path)),
};
