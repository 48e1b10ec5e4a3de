/** The model of a run that another Unroll exported, with the weights of its best checkpoint, or of its last. */
import { RunFile, SIGNATURE } from '../../store/run-file.ts';
import { readBeginning } from '../files.ts';
import type { ModelReader } from './model-importer.ts';

export const runFile: ModelReader = {
  match: async (path) => (await readBeginning(path, SIGNATURE.length)).toString('latin1') === SIGNATURE,
  read(path) {
    const file = new RunFile(path);
    try {
      const checkpoint = file.checkpoint('best') ?? file.checkpoint('last');
      return Promise.resolve({ graph: file.run.graph, weights: checkpoint?.weights ?? null, notes: [] });
    } finally {
      file.close();
    }
  },
};
