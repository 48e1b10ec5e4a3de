/** The model of a run that another Unroll exported, with the weights of its best checkpoint, or of its last. */
import type { Checkpoint } from '../../../shared/checkpoint.ts';
import type { TrainingConfig } from '../../../shared/training.ts';
import { RunFile } from '../../store/run-file.ts';
import { SIGNATURE } from '../../store/run-file-database.ts';
import { readBeginning } from '../files.ts';
import type { ImportedModel, ModelReader } from './model-importer.ts';

function compiledAs(
  { optimizer, loss, metrics }: TrainingConfig,
  { position: { learningRate, iterations }, slots }: Checkpoint,
): ImportedModel['compiled'] {
  const inForce = { ...optimizer, learning_rate: learningRate };
  return { compiled: { optimizer: inForce, loss, metrics, iterations }, slots };
}

export const runFile: ModelReader = {
  match: async (path) => (await readBeginning(path, SIGNATURE.length)).toString('latin1') === SIGNATURE,
  read(path) {
    const file = new RunFile(path);
    try {
      const checkpoint = file.checkpoint('best') ?? file.checkpoint('last');
      const { graph, training } = file.run;
      return Promise.resolve({
        graph,
        weights: checkpoint?.weights ?? null,
        compiled: checkpoint && compiledAs(training, checkpoint),
        notes: [],
      });
    } finally {
      file.close();
    }
  },
};
