/** Keras's older whole-model HDF5 (keras/src/legacy/saving/legacy_h5_format.py), from Keras 2 and 3. */
import { basename } from 'node:path';
import type { Hdf5Content } from '../../hdf5/content.ts';
import { readHdf5 } from '../../hdf5/hdf5.ts';
import { readBeginning } from '../files.ts';
import { readCompiled } from './keras-compiled.ts';
import { readKerasModel, type KerasModel } from './keras-model.ts';
import { parseJson, refuseNewerKeras } from './keras-text.ts';
import { namedVariables, weightsByName } from './keras-weights.ts';
import { readWhole } from './whole-file.ts';
import { refuse, type ImportedModel, type ModelReader } from './model-importer.ts';

const SIGNATURE = '\x89HDF\r\n\x1a\n';
const MOST_BYTES = 2 ** 30;

function compiledIn(path: string, model: KerasModel, content: Hdf5Content): ImportedModel['compiled'] {
  const written = content.groups.get('')?.get('training_config');
  if (typeof written !== 'string') return null;
  const config = parseJson(Buffer.from(written), path, 'training_config');
  const { optimizer_config: optimizer, loss, metrics } = config;
  return readCompiled(path, model, { optimizer, loss, metrics, variables: namedVariables(content) });
}

/** Whether a file begins as HDF5 does, whatever it is named. @throws UnrollError `file-missing` */
export const isHdf5 = async (path: string): Promise<boolean> =>
  (await readBeginning(path, 8)).toString('latin1') === SIGNATURE;

export const h5File: ModelReader = {
  match: async (path) => /\.(h5|hdf5)$/i.test(path) || isHdf5(path),
  async read(path) {
    return modelOfH5(path, await readHdf5(await readWhole(path, MOST_BYTES), path));
  },
};

/** The model of a file's content. @throws UnrollError `model-unreadable`, `file-damaged` */
export function modelOfH5(path: string, content: Hdf5Content): ImportedModel {
  const attributes = content.groups.get('');
  const config = attributes?.get('model_config');
  if (typeof config !== 'string') {
    const reason = 'it holds no model (its attribute model_config is missing), perhaps weights alone';
    throw refuse(path, reason, 'Save the whole model with `model.save("model.keras")`.');
  }
  const version =
    attributes?.get('keras_version') ?? content.groups.get('model_weights')?.get('keras_version');
  refuseNewerKeras(version, path);
  const dialect = { keras3: /^3\./.test(String(version)), resetAfter: true, weights: true };
  const name = basename(path).replace(/\.[^.]*$/, '');
  const model = readKerasModel(parseJson(Buffer.from(config), path, 'model_config'), name, {
    path,
    dialect,
  });
  return {
    graph: model.graph,
    weights: weightsByName(path, model, content),
    compiled: dialect.keras3 ? compiledIn(path, model, content) : null,
    notes: model.notes,
  };
}
