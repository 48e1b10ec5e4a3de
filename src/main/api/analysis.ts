/** Looking into trained runs, and comparing them example by example. */
import { setImmediate } from 'node:timers/promises';
import { disagreements } from '../../shared/comparison/examples.ts';
import type { analysisContract, Disagreements } from '../../shared/contract/analysis.ts';
import type { Parsed } from '../../shared/contract/index.ts';
import type { Dataset } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { compareExamples } from '../compare-examples.ts';
import type { JobContext } from '../jobs.ts';
import { flowOf, traceText } from '../look-into-run.ts';
import { SequenceEncoder } from '../sequence-encoder.ts';
import { checkpointHash } from '../store/checkpoints.ts';
import { exampleTexts, splitFacts } from '../store/dataset-examples.ts';
import { datasetById } from '../store/datasets.ts';
import { findEvaluation, type Evaluation } from '../store/evaluations.ts';
import { readRun } from '../store/runs.ts';
import type { Context, Handlers } from './handlers.ts';

export function analysisHandlers(context: Context): Handlers<typeof analysisContract> {
  const { db, jobs } = context;
  const encoder = new SequenceEncoder(db);
  return {
    'analysis.predictions': ({ run: name, split, checkpoint }) => {
      const run = readRun(db, name);
      const evaluation = currentEvaluation(context, run.id, { split, checkpoint });
      if (!evaluation) return null;
      const { loss, acc, outputs, predictions, at } = evaluation;
      const { labels } = splitFacts(db, datasetById(db, run.dataset.id), split);
      return { loss, acc, outputs, predictions, labels, at };
    },
    'analysis.trace': (input) => {
      const run = readRun(db, input.run);
      return jobs.start(`Follow a text through ${run.name}`, (job) =>
        traceText(context, encoder, run, input, job),
      );
    },
    'analysis.flow': (input) => {
      const run = readRun(db, input.run);
      return jobs.start(`Look into ${run.name}`, (job) => flowOf(context, encoder, run, input, job));
    },
    'analysis.examples': ({ runs: names, ...choice }) => {
      const runs = names.map((name) => readRun(db, name));
      return jobs.start(`Compare ${runs.length} runs on the ${choice.split} split`, (job) =>
        compareExamples(context, runs, choice, job),
      );
    },
    'analysis.disagreements': (input) => {
      const compared = comparedPair(context, input);
      return jobs.start(`Find where ${compared.names.join(' and ')} disagree`, (job) =>
        pageOfDisagreements(context, compared, input, job),
      );
    },
  };
}

type Choice = Pick<Parsed<'analysis.predictions'>, 'split' | 'checkpoint'>;

/** The evaluation of a checkpoint as it is now; null where there is none or the run was trained on since. */
function currentEvaluation({ db }: Context, run: string, { split, checkpoint }: Choice): Evaluation | null {
  const evaluation = findEvaluation(db, run, checkpoint, split);
  return evaluation?.checkpointSha256 === checkpointHash(db, run, checkpoint) ? evaluation : null;
}

interface Pair {
  names: string[];
  dataset: Dataset;
  said: Evaluation[];
}

/** @throws UnrollError `not-found`, `input-invalid` where a run has not been evaluated or the data differ */
function comparedPair(context: Context, { runs: names, ...choice }: Parsed<'analysis.disagreements'>): Pair {
  const { db } = context;
  const runs = names.map((name) => readRun(db, name));
  const said = runs.map(({ id, name }) => {
    const evaluation = currentEvaluation(context, id, choice);
    if (evaluation) return evaluation;
    const reason = `${name} has not been evaluated on the ${choice.split} split.`;
    throw new UnrollError('input-invalid', { what: 'The choice of runs', reason });
  });
  const [first, second] = runs;
  const dataset = datasetById(db, first!.dataset.id);
  if (first!.dataset.hash !== second!.dataset.hash || dataset.task === 'regression') {
    const reason = 'only runs that put the same examples into classes can disagree.';
    throw new UnrollError('input-invalid', { what: 'The choice of runs', reason });
  }
  return { names: runs.map(({ name }) => name), dataset, said };
}

/** @throws UnrollError `cancelled`, `workspace-damaged` */
async function pageOfDisagreements(
  { db }: Context,
  { dataset, said }: Pair,
  { split, from, count }: Parsed<'analysis.disagreements'>,
  job: JobContext,
): Promise<Disagreements> {
  const step = async (fraction: number | null, detail: string) => {
    job.progress(fraction, detail);
    await setImmediate();
    job.signal.throwIfAborted();
  };
  await step(null, 'Find where they disagree');
  const all = disagreements(said[0]!, said[1]!);
  const page = all.slice(from, from + count);
  const { labels, lengths } = splitFacts(db, dataset, split);
  const indexes = page.map(({ index }) => index);
  const texts: string[] = [];
  for (const text of exampleTexts(db, dataset, split, indexes)) {
    texts.push(text);
    await step(texts.length / page.length, 'Read the texts');
  }
  return {
    total: all.length,
    rows: page.map(({ index, first: one, second: other, confidence }, i) => ({
      index,
      label: labels[index]!,
      said: [one, other],
      confidence,
      length: lengths[index]!,
      text: texts[i]!,
    })),
  };
}
