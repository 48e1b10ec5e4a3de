/** A run's checkpoint on a whole split, kept with every single prediction, and on single sequences. */
import type { Run } from '../shared/contract/runs.ts';
import type { Dataset, Split } from '../shared/data/dataset.ts';
import { sequenceLength } from '../shared/data/preprocess.ts';
import { UnrollError } from '../shared/errors.ts';
import type { JobBase } from '../shared/protocol.ts';
import { engineChoiceSchema } from '../shared/training.ts';
import type { Context } from './api/handlers.ts';
import type { JobContext } from './jobs.ts';
import { readCheckpoint, type WhichCheckpoint } from './store/checkpoints.ts';
import type { ReadableDb } from './store/database.ts';
import { datasetById } from './store/datasets.ts';
import type { Predicted } from './training/inference.ts';
import { findEvaluation, saveEvaluation, type Evaluation } from './store/evaluations.ts';

/**
 * Evaluates a checkpoint in a child of its own; one of the very same checkpoint is not done again.
 * @throws UnrollError `checkpoint-missing`, `checkpoint-damaged`, `data-empty`, what the child reports, `cancelled`
 */
export async function evaluateRun(
  { db, supervisor }: Pick<Context, 'db' | 'supervisor'>,
  run: Run,
  { split, checkpoint: which }: { split: Split; checkpoint: WhichCheckpoint },
  job: JobContext,
): Promise<Evaluation> {
  const { data: checkpoint, sha256 } = readCheckpoint(db, run.id, which);
  const earlier = findEvaluation(db, run.id, which, split);
  if (earlier?.checkpointSha256 === sha256) return earlier;
  const dataset = datasetById(db, run.dataset.id);
  if (countOf(dataset, split) === 0) {
    throw new UnrollError('data-empty', { what: `The ${split} split of ${dataset.name}`, least: 1 });
  }
  const answer = await supervisor.inference.evaluate({ ...jobBase(run), dataset, split, checkpoint }, job);
  const { loss, acc, examples, outputs, predictions } = answer;
  const evaluation = {
    checkpoint: which,
    checkpointSha256: sha256,
    split,
    loss,
    acc,
    examples,
    outputs,
    predictions,
    at: Date.now(),
  };
  saveEvaluation(db, run.id, evaluation);
  return evaluation;
}

const countOf = (dataset: Dataset, split: 'train' | 'test'): number =>
  split === 'train' ? dataset.trainExamples : dataset.testExamples;

/**
 * The outputs for sequences of ids, conventions applied and not yet padded.
 * @throws UnrollError as `evaluateRun`
 */
export function predictSequences(
  { db, supervisor }: Pick<Context, 'db' | 'supervisor'>,
  run: Run,
  which: WhichCheckpoint,
  sequences: Int32Array[],
  job: JobContext,
): Promise<Predicted> {
  const { data: checkpoint } = readCheckpoint(db, run.id, which);
  return supervisor.inference.predict({ ...settledBase(db, run), sequences, checkpoint }, job);
}

/** The child does not know the data set where it is given single sequences, so their length is settled for it. */
export function settledBase(db: ReadableDb, run: Run): JobBase & { preprocessing: { maxlen: number } } {
  const maxlen = sequenceLength(run.preprocessing, datasetById(db, run.dataset.id).longest);
  const base = jobBase(run);
  return { ...base, preprocessing: { ...base.preprocessing, maxlen } };
}

/** What the run was trained with; another engine must give the same numbers, so any that works will do. */
function jobBase({ graph, preprocessing, training, engine, threads }: Run): JobBase {
  return { graph, preprocessing, training, engine: engineChoiceSchema.catch('auto').parse(engine), threads };
}
