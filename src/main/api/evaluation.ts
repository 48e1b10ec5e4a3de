/** Evaluating and trying out what a run has learnt. */
import type { Parsed } from '../../shared/contract/index.ts';
import type { Run, runsContract } from '../../shared/contract/runs.ts';
import type { Dataset } from '../../shared/data/dataset.ts';
import { sequenceLength } from '../../shared/data/preprocess.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { JobBase } from '../../shared/protocol.ts';
import { engineChoiceSchema } from '../../shared/training.ts';
import type { JobContext } from '../jobs.ts';
import { SequenceEncoder, type EncodedSequence } from '../sequence-encoder.ts';
import { readCheckpoint } from '../store/checkpoints.ts';
import { datasetById } from '../store/datasets.ts';
import { findEvaluation, saveEvaluation, type Evaluation } from '../store/evaluations.ts';
import { readTrainedRun } from '../trained-run.ts';
import type { Context, Handlers } from './handlers.ts';

type Own = Pick<typeof runsContract, 'runs.evaluate' | 'runs.predict'>;
type EvaluateInput = Parsed<'runs.evaluate'>;
type PredictInput = Parsed<'runs.predict'>;

export function evaluationHandlers(context: Context): Handlers<Own> {
  const { db, jobs } = context;
  const encoder = new SequenceEncoder(db);
  return {
    'runs.evaluate': (input) => {
      const run = readTrainedRun(db, input.run, 'evaluate');
      return jobs.start(`Evaluate ${run.name}`, async (job) => {
        const { loss, acc, examples, split, checkpoint } = await evaluate(context, run, input, job);
        return { loss, acc, examples, split, checkpoint };
      });
    },
    'runs.predict': (input) => {
      const run = readTrainedRun(db, input.run, 'predict with');
      const dataset = datasetById(db, run.dataset.id);
      const sequences = readSequences(encoder, run, dataset, input);
      return jobs.start(`Predict with ${run.name}`, (job) => predict(context, run, input, sequences, job));
    },
  };
}

/** An evaluation of the very same checkpoint is not done again. */
async function evaluate(
  { db, supervisor }: Context,
  run: Run,
  { split, checkpoint: which }: EvaluateInput,
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
  };
  saveEvaluation(db, run.id, evaluation);
  return evaluation;
}

const countOf = (dataset: Dataset, split: 'train' | 'test'): number =>
  split === 'train' ? dataset.trainExamples : dataset.testExamples;

/** @throws UnrollError `text-empty`, `input-invalid`, `data-of-numbers`, `data-without-words` */
function readSequences(
  encoder: SequenceEncoder,
  run: Run,
  dataset: Dataset,
  input: PredictInput,
): EncodedSequence[] {
  const texts = (input.texts ?? []).map((text) => encoder.fromText(dataset, run.preprocessing, text));
  const tokens = (input.tokens ?? []).map((ids) => encoder.fromIds(dataset, run.preprocessing, ids));
  if (texts.length + tokens.length > 0) return [...texts, ...tokens];
  throw new UnrollError('input-invalid', { what: 'texts', reason: 'there is nothing to predict.' });
}

async function predict(
  { db, supervisor }: Context,
  run: Run,
  { checkpoint: which }: PredictInput,
  sequences: readonly EncodedSequence[],
  job: JobContext,
) {
  const { data: checkpoint } = readCheckpoint(db, run.id, which);
  const base = jobBase(run);
  // The child does not know the data set here, so the length is settled for it.
  const maxlen = sequenceLength(run.preprocessing, datasetById(db, run.dataset.id).longest);
  const preprocessing = { ...run.preprocessing, maxlen };
  const ids = sequences.map((sequence) => sequence.ids);
  const answer = await supervisor.inference.predict(
    { ...base, preprocessing, sequences: ids, checkpoint },
    job,
  );
  return sequences.map(({ text, words }, index) => ({
    text,
    words,
    probabilities: [...answer.probabilities.subarray(index * answer.outputs, (index + 1) * answer.outputs)],
  }));
}

/** What the run was trained with; another engine must give the same numbers, so any that works will do. */
function jobBase({ graph, preprocessing, training, engine, threads }: Run): JobBase {
  return { graph, preprocessing, training, engine: engineChoiceSchema.catch('auto').parse(engine), threads };
}
