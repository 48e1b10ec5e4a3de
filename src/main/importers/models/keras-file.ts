/** Keras 3's `.keras`: a zip with `config.json`, `metadata.json` and `model.weights.h5` (keras/src/saving/saving_lib.py). */
import { basename } from 'node:path';
import { readHdf5 } from '../../hdf5/hdf5.ts';
import { readBeginning } from '../files.ts';
import { readArchive } from './archive.ts';
import { readKerasModel } from './keras-model.ts';
import { weightsByFolder } from './keras-weights.ts';
import { refuse, type ModelReader } from './model-importer.ts';
import { parseJson, refuseNewerKeras } from './keras-text.ts';

export const kerasFile: ModelReader = {
  async match(path) {
    if (!/\.(keras|zip)$/i.test(path)) return false;
    const beginning = await readBeginning(path, 4);
    return path.toLowerCase().endsWith('.keras') || beginning.toString('latin1').startsWith('PK');
  },
  async read(path) {
    const entries = await readArchive(path);
    const config = entries.get('config.json');
    if (!config)
      throw refuse(path, 'it has no config.json', 'Save the model with `model.save("model.keras")`.');
    const { keras_version } = parseJson(
      entries.get('metadata.json') ?? Buffer.from('{}'),
      path,
      'metadata.json',
    );
    refuseNewerKeras(keras_version, path);
    const dialect = { keras3: !/^[012]\./.test(String(keras_version ?? '3.')), resetAfter: true };
    const name = basename(path).replace(/\.[^.]*$/, '');
    const model = readKerasModel(parseJson(config, path, 'config.json'), name, { path, dialect });
    const weights = entries.get('model.weights.h5');
    if (!weights)
      throw refuse(
        path,
        'it holds a model without its weights',
        'Save the whole model again, with its weights.',
      );
    const content = await readHdf5(weights, path);
    return { graph: model.graph, weights: weightsByFolder(path, model, content), notes: model.notes };
  },
};
