/** A model file of Unroll's own, as `models show` prints it: layers without weights. */
import { readModelFile } from '../../../shared/graph/model-file.ts';
import type { ModelReader } from './model-importer.ts';
import { readWhole } from './whole-file.ts';

const MOST_BYTES = 64 * 2 ** 20;

export const unrollJson: ModelReader = {
  match: (path) => Promise.resolve(path.toLowerCase().endsWith('.json')),
  async read(path) {
    const text = (await readWhole(path, MOST_BYTES)).toString('utf8');
    return { graph: readModelFile(text, path), weights: null, compiled: null, notes: [] };
  },
};
