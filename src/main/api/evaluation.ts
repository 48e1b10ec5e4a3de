/** Evaluating and trying out what a run has learnt. */
import type { Parsed } from '../../shared/contract/index.ts';
import type { Run, runsContract } from '../../shared/contract/runs.ts';
import type { Dataset } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { evaluateRun, predictSequences } from '../evaluate-run.ts';
import type { JobContext } from '../jobs.ts';
import { SequenceEncoder, type EncodedSequence } from '../sequence-encoder.ts';
import { chooseCheckpoint } from '../store/checkpoints.ts';
import { datasetById } from '../store/datasets.ts';
import { readTrainedRun } from '../trained-run.ts';
import type { Context, Handlers } from './handlers.ts';

type Own = Pick<typeof runsContract, 'runs.evaluate' | 'runs.predict'>;
type PredictInput = Parsed<'runs.predict'>;

export function evaluationHandlers(context: Context): Handlers<Own> {
  const { db, jobs } = context;
  const encoder = new SequenceEncoder(db);
  return {
    'runs.evaluate': (input) => {
      const run = readTrainedRun(db, input.run, 'evaluate');
      return jobs.start(`Evaluate ${run.name}`, async (job) => {
        const { which: checkpoint, epoch } = chooseCheckpoint(db, run.id, input.checkpoint);
        const { split } = input;
        const { loss, acc, examples } = await evaluateRun(context, run, { split, checkpoint }, job);
        return { loss, acc, examples, split, checkpoint, epoch };
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
  context: Context,
  run: Run,
  { checkpoint }: PredictInput,
  sequences: readonly EncodedSequence[],
  job: JobContext,
) {
  const { which } = chooseCheckpoint(context.db, run.id, checkpoint);
  const ids = sequences.map((sequence) => sequence.ids);
  const { probabilities, outputs } = await predictSequences(context, run, which, ids, job);
  return sequences.map(({ text, words }, index) => ({
    text,
    words,
    probabilities: [...probabilities.subarray(index * outputs, (index + 1) * outputs)],
  }));
}
