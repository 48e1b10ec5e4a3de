/** Examples that two runs put into different classes, with their texts: what `analysis.disagreements` answers. */
import { setImmediate } from 'node:timers/promises';
import { disagreements } from '../shared/comparison/examples.ts';
import type { Disagreements } from '../shared/contract/analysis.ts';
import type { Parsed } from '../shared/contract/index.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { UnrollError } from '../shared/errors.ts';
import type { Context } from './api/handlers.ts';
import type { JobContext } from './jobs.ts';
import { checkpointHash } from './store/checkpoints.ts';
import { exampleTexts, splitFacts } from './store/dataset-examples.ts';
import { datasetById } from './store/datasets.ts';
import { findEvaluation, type Evaluation } from './store/evaluations.ts';
import { readRun } from './store/runs.ts';

type Choice = Pick<Parsed<'analysis.predictions'>, 'split' | 'checkpoint'>;

/** The evaluation of a checkpoint as it is now; null where there is none or the run was trained on since. */
export function currentEvaluation(
  { db }: Pick<Context, 'db'>,
  run: string,
  { split, checkpoint }: Choice,
): Evaluation | null {
  const evaluation = findEvaluation(db, run, checkpoint, split);
  return evaluation?.checkpointSha256 === checkpointHash(db, run, checkpoint) ? evaluation : null;
}

interface Pair {
  names: string[];
  dataset: Dataset;
  said: Evaluation[];
}

/** @throws UnrollError `not-found`, `input-invalid` where a run has not been evaluated or the data differ */
export function comparedPair(
  context: Pick<Context, 'db'>,
  { runs: names, ...choice }: Choice & { runs: readonly string[] },
): Pair {
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
export async function pageOfDisagreements(
  { db }: Pick<Context, 'db'>,
  { dataset, said }: Pick<Pair, 'dataset' | 'said'>,
  { split, from, count }: Pick<Parsed<'analysis.disagreements'>, 'split' | 'from' | 'count'>,
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
