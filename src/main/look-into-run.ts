/** Single sequences through a run: the prediction after each word, and gradient and memory through time. */
import type { Flow, Trace } from '../shared/contract/analysis.ts';
import type { Parsed } from '../shared/contract/index.ts';
import type { Run } from '../shared/contract/runs.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { idsFromRanks, padSequences } from '../shared/data/preprocess.ts';
import { UnrollError } from '../shared/errors.ts';
import { predictedClasses } from '../shared/statistics/confusion.ts';
import type { Context } from './api/handlers.ts';
import { predictSequences, settledBase } from './evaluate-run.ts';
import type { JobContext } from './jobs.ts';
import type { SequenceEncoder } from './sequence-encoder.ts';
import { readCheckpoint, type WhichCheckpoint } from './store/checkpoints.ts';
import { readExample } from './store/dataset-examples.ts';
import { datasetById } from './store/datasets.ts';

/** A trace is a prediction for each word, each over all words before it. */
const MOST_TRACED = 2000;

type Services = Pick<Context, 'db' | 'supervisor'>;

/**
 * What the run says after each word of a text: the predictions on all its beginnings, each padded as it would be alone.
 * @throws UnrollError `text-empty`, `data-of-numbers`, `data-without-words`, `input-invalid` for a very long text
 */
export async function traceText(
  services: Services,
  encoder: SequenceEncoder,
  run: Run,
  { text, checkpoint }: { text: string; checkpoint: WhichCheckpoint },
  job: JobContext,
): Promise<Trace> {
  const dataset = datasetById(services.db, run.dataset.id);
  const { ids } = encoder.fromText(dataset, run.preprocessing, text);
  const start = dataset.conventions?.start_char == null ? 0 : 1;
  if (ids.length - start > MOST_TRACED) {
    const reason = `it has ${ids.length - start} words; at most ${MOST_TRACED} are followed one by one.`;
    throw new UnrollError('input-invalid', { what: 'The text', reason });
  }
  const words = encoder.wordsOf(dataset, ids.subarray(start)) ?? [];
  const beginnings = words.map((_, at) => ids.slice(0, start + at + 1));
  const { probabilities, outputs } = await predictSequences(services, run, checkpoint, beginnings, job);
  const predictions = words.map((_, at) => [...probabilities.subarray(at * outputs, (at + 1) * outputs)]);
  return { words, predictions };
}

interface Sequence {
  index: number | null;
  values: Int32Array | Float32Array;
  label: number;
}

/** @throws UnrollError as `traceText`; `input-invalid` for an example that is not there, or where nothing is given */
export async function flowOf(
  services: Services,
  encoder: SequenceEncoder,
  run: Run,
  input: Parsed<'analysis.flow'>,
  job: JobContext,
): Promise<Flow> {
  const { db, supervisor } = services;
  const dataset = datasetById(db, run.dataset.id);
  const sequences = await sequencesOf(services, encoder, run, dataset, input, job);
  const base = settledBase(db, run);
  const { data: checkpoint } = readCheckpoint(db, run.id, input.checkpoint);
  const { width } = dataset;
  const values = sequences.map((sequence) => sequence.values);
  const labels = Float32Array.from(sequences, ({ label }) => label);
  const answer = await supervisor.inference.flow(
    { ...base, checkpoint, sequences: values, width, labels },
    job,
  );
  const { maxlen, padding } = base.preprocessing;
  const examples = sequences.map(({ index, label, values: { length } }, at) => {
    const kept = Math.min(length / width, maxlen);
    const from = padding === 'pre' ? maxlen - kept : 0;
    const prediction = answer.predictions.subarray(at * answer.outputs, (at + 1) * answer.outputs);
    return { index, label, prediction: [...prediction], from, to: from + kept };
  });
  const first = examples[0]!;
  const seen = dataset.conventions
    ? padSequences([values[0]!], maxlen, base.preprocessing).subarray(first.from, first.to)
    : null;
  return { layers: answer.layers, examples, words: seen && encoder.wordsOf(dataset, seen) };
}

async function sequencesOf(
  services: Services,
  encoder: SequenceEncoder,
  run: Run,
  dataset: Dataset,
  { text, label, examples, split, checkpoint }: Parsed<'analysis.flow'>,
  job: JobContext,
): Promise<Sequence[]> {
  if (text !== undefined) {
    const { ids } = encoder.fromText(dataset, run.preprocessing, text);
    if (label !== undefined) return [{ index: null, values: ids, label }];
    const { probabilities, outputs } = await predictSequences(services, run, checkpoint, [ids], job);
    const said =
      dataset.task === 'regression' ? probabilities[0]! : predictedClasses(probabilities, outputs)[0]!;
    return [{ index: null, values: ids, label: said }];
  }
  if (examples.length === 0)
    throw new UnrollError('input-invalid', {
      what: 'The choice',
      reason: 'there is neither an example nor a text.',
    });
  return examples.map((index) => {
    const example = readExample(services.db, dataset, split, index);
    const { conventions } = dataset;
    const values = conventions
      ? idsFromRanks(example.values as Int32Array, run.preprocessing.num_words, conventions)
      : example.values;
    return { index, values, label: example.label };
  });
}
