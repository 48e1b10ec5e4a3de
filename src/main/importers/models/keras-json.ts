/** A Keras model without weights: what `model.to_json()` gives. */
import { basename } from 'node:path';
import { readBeginning } from '../files.ts';
import { readKerasModel } from './keras-model.ts';
import { parseJson, refuseNewerKeras } from './keras-text.ts';
import type { ImportedModel, ModelReader } from './model-importer.ts';
import { readWhole } from './whole-file.ts';

const MOST_BYTES = 64 * 2 ** 20;

export const kerasJson: ModelReader = {
  async match(path) {
    if (!path.toLowerCase().endsWith('.json')) return false;
    return (await readBeginning(path, 1 << 16)).toString('latin1').includes('"class_name"');
  },
  async read(path) {
    return readKerasJson(await readWhole(path, MOST_BYTES), path, basename(path, '.json'));
  },
};

/**
 * @param path what to call the text in an error
 * @param name what to call the model where the text does not say
 * @throws UnrollError `file-damaged`, `model-unreadable`, `model-invalid`
 */
export function readKerasJson(text: Uint8Array, path: string, name: string): ImportedModel {
  const content = parseJson(text, path, 'it');
  const version = content.keras_version;
  if (version !== undefined) refuseNewerKeras(version, path);
  // Keras 3 does not write its version here, but says of which module a class is.
  const keras3 = content.module !== undefined || /^3\./.test(String(version));
  const { graph, notes } = readKerasModel(content, name, {
    path,
    dialect: { keras3, resetAfter: true, weights: false },
  });
  return { graph, weights: null, compiled: null, notes };
}
