/** Runs against one another on the examples of a split: what `analysis.examples` answers. */
import { setImmediate } from 'node:timers/promises';
import { byLength, scoresOf, type Answers } from '../shared/comparison/examples.ts';
import type { ExamplesComparison } from '../shared/contract/analysis.ts';
import type { Run } from '../shared/contract/runs.ts';
import type { Split } from '../shared/data/dataset.ts';
import { toErrorValue } from '../shared/errors.ts';
import { bootstrapInSteps, wilson, type Bootstrap } from '../shared/statistics/intervals.ts';
import { mcnemar } from '../shared/statistics/mcnemar.ts';
import { bootstrapWords, mcnemarWords, WILSON_WORDS } from '../shared/statistics/words.ts';
import type { Context } from './api/handlers.ts';
import { evaluateRun } from './evaluate-run.ts';
import type { JobContext } from './jobs.ts';
import type { WhichCheckpoint } from './store/checkpoints.ts';
import { splitFacts } from './store/dataset-examples.ts';
import { datasetById } from './store/datasets.ts';
import type { Evaluation } from './store/evaluations.ts';

interface Choice {
  split: Split;
  checkpoint: WhichCheckpoint;
}

interface Scored {
  run: Run;
  loss: number;
  scores: Float64Array;
}

/** @throws UnrollError `cancelled`; a run that cannot be compared is left out with its reason */
export async function compareExamples(
  context: Pick<Context, 'db' | 'supervisor'>,
  runs: readonly Run[],
  choice: Choice,
  job: JobContext,
): Promise<ExamplesComparison> {
  return compareEvaluated(context, await evaluateAll(context, runs, choice, job), choice.split, job);
}

/** Runs on the same data with what they said of the split's examples, and those left out with the reason. */
interface EvaluatedRuns {
  evaluated: { run: Run; evaluation: Evaluation }[];
  left: ExamplesComparison['left'];
}

/** @throws UnrollError `cancelled` */
export async function compareEvaluated(
  context: Pick<Context, 'db'>,
  { evaluated, left }: EvaluatedRuns,
  split: Split,
  job: JobContext,
): Promise<ExamplesComparison> {
  const [first] = evaluated;
  const answers = first ? answersOf(context, first.run, split) : noAnswers;
  const scored = evaluated.map(({ run, evaluation }) => ({
    run,
    loss: evaluation.loss,
    scores: scoresOf(evaluation, answers),
  }));
  const [baseline, ...others] = scored;
  const pairs: ExamplesComparison['pairs'] = [];
  for (const other of others) {
    job.progress(null, `Compare ${other.run.name}`);
    pairs.push(await pairOf(baseline!, other, answers.classes, job));
  }
  return {
    examples: answers.labels.length,
    measure: answers.classes ? 'accuracy' : 'error',
    runs: scored.map((one) => summaryOf(one, answers.classes)),
    left,
    lengths: byLength(
      scored.map(({ scores }) => scores),
      answers,
    ),
    lengthWords: WILSON_WORDS,
    pairs,
  };
}

const noAnswers: Answers = { labels: new Float32Array(0), lengths: new Uint32Array(0), classes: true };

function answersOf({ db }: Pick<Context, 'db'>, run: Run, split: Split): Answers {
  const dataset = datasetById(db, run.dataset.id);
  return { ...splitFacts(db, dataset, split), classes: dataset.task !== 'regression' };
}

/** Evaluates what has not been: of the first that can be and those on its data. @throws UnrollError `cancelled` */
export async function evaluateAll(
  context: Pick<Context, 'db' | 'supervisor'>,
  runs: readonly Run[],
  choice: Choice,
  job: JobContext,
): Promise<EvaluatedRuns> {
  const evaluated: EvaluatedRuns['evaluated'] = [];
  const left: EvaluatedRuns['left'] = [];
  for (const [place, run] of runs.entries()) {
    const progress: JobContext['progress'] = (fraction) =>
      job.progress((place + (fraction ?? 0)) / runs.length, `Evaluate ${run.name}`);
    progress(0, '');
    const [first] = evaluated;
    if (first && first.run.dataset.hash !== run.dataset.hash) {
      const reason = `It was trained on ${run.dataset.name}, so its examples are not those of ${first.run.name}.`;
      left.push({ id: run.id, reason });
      continue;
    }
    try {
      const evaluation = await evaluateRun(context, run, choice, { signal: job.signal, progress });
      evaluated.push({ run, evaluation });
    } catch (error) {
      job.signal.throwIfAborted();
      const { message, hint } = toErrorValue(error);
      left.push({ id: run.id, reason: `${message} ${hint}` });
    }
  }
  return { evaluated, left };
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

function summaryOf({ run, loss, scores }: Scored, classes: boolean): ExamplesComparison['runs'][number] {
  const sum = sumOf(scores);
  return {
    id: run.id,
    mean: sum / scores.length,
    interval: classes ? wilson(sum, scores.length) : null,
    loss,
  };
}

async function pairOf(
  baseline: Scored,
  other: Scored,
  classes: boolean,
  job: JobContext,
): Promise<ExamplesComparison['pairs'][number]> {
  const differences = other.scores.map((score, i) => score - baseline.scores[i]!);
  const bootstrap = await bootstrapped(differences, job);
  const what = classes ? 'accuracy' : 'absolute error';
  return {
    id: other.run.id,
    bootstrap: bootstrap && { ...bootstrap, words: bootstrapWords(bootstrap, what, other.run.name) },
    ...(classes ? agreement(baseline, other) : { counts: null, mcnemar: null }),
  };
}

/** Thousands of resamples take their time; others are answered in between. @throws UnrollError `cancelled` */
async function bootstrapped(differences: Float64Array, job: JobContext): Promise<Bootstrap | null> {
  const steps = bootstrapInSteps(differences);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
    job.signal.throwIfAborted();
  }
}

function agreement(
  baseline: Scored,
  other: Scored,
): Pick<ExamplesComparison['pairs'][number], 'counts' | 'mcnemar'> {
  const counts = { both: 0, onlyBaseline: 0, onlyOther: 0, neither: 0 };
  baseline.scores.forEach((right, i) => {
    if (right) counts[other.scores[i] ? 'both' : 'onlyBaseline'] += 1;
    else counts[other.scores[i] ? 'onlyOther' : 'neither'] += 1;
  });
  const test = mcnemar(counts.onlyBaseline, counts.onlyOther);
  const { exactP, chiSquare, chiSquareP } = test;
  const words = mcnemarWords(test, baseline.run.name, other.run.name);
  return { counts, mcnemar: { exactP, chiSquare, chiSquareP, words } };
}
