/** A comparison to take away, with what its runs' weights are asked: what `compare.report` answers. */
import { DISAGREEMENTS_TOLD } from '../shared/comparison/disagreement-table.ts';
import { runLooks } from '../shared/comparison/looks.ts';
import type { ReportedExamples } from '../shared/comparison/report-examples.ts';
import type { ReportedGradient } from '../shared/comparison/report-gradient.ts';
import type { LeftOut } from '../shared/comparison/report-section.ts';
import { reportHtml, reportMarkdown, PAPER_SERIES } from '../shared/comparison/report-text.ts';
import type { ReportedTrace } from '../shared/comparison/report-trace.ts';
import { reportOf } from '../shared/comparison/report.ts';
import { whoFollows } from '../shared/comparison/traces.ts';
import type { Disagreements } from '../shared/contract/analysis.ts';
import type { Comparison } from '../shared/contract/compare.ts';
import type { Parsed } from '../shared/contract/index.ts';
import type { Run } from '../shared/contract/runs.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { toErrorValue, UnrollError } from '../shared/errors.ts';
import { untrainedText } from '../shared/history/untrained.ts';
import type { Context } from './api/handlers.ts';
import { compareEvaluated, evaluateAll } from './compare-examples.ts';
import { pageOfDisagreements } from './disagreements.ts';
import type { JobContext } from './jobs.ts';
import { flowOf, traceText } from './look-into-run.ts';
import { SequenceEncoder } from './sequence-encoder.ts';
import type { ReadableDb } from './store/database.ts';
import { datasetById } from './store/datasets.ts';

type Services = Pick<Context, 'db' | 'supervisor'>;

const CHOICE = { split: 'test', checkpoint: 'best' } as const;

/** Test examples whose gradients are told, as many as `unroll gradient` and the screen begin with. */
const GRADIENT_EXAMPLES = 16;

/** @throws UnrollError `cancelled`, `text-empty`; a run that cannot answer is left out with its reason */
export async function comparisonReport(
  services: Services,
  comparison: Comparison,
  { format, examples, gradient, text }: Parsed<'compare.report'>,
  job: JobContext,
): Promise<{ name: string; content: string }> {
  const { runs } = comparison;
  if (text?.trim() === '') throw new UnrollError('text-empty');
  const asked = {
    examples: examples ? await examplesOf(services, runs, job) : null,
    trace: text === undefined ? null : await traceOf(services, runs, text, job),
    gradient: gradient ? await gradientOf(services, runs, job) : null,
  };
  const looks = [...runLooks(runs).values()].map(({ colour, mark }) => ({
    colour: PAPER_SERIES[colour - 1]!,
    mark,
  }));
  const made = reportOf(comparison, asked, looks);
  return { name: made.title, content: format === 'html' ? reportHtml(made) : reportMarkdown(made) };
}

/** Evaluates what has not been; with the first texts on which each run disagrees with the baseline. */
async function examplesOf(
  services: Services,
  runs: Comparison['runs'],
  job: JobContext,
): Promise<ReportedExamples> {
  const found = await evaluateAll(services, runs, CHOICE, job);
  const compared = await compareEvaluated(services, found, CHOICE.split, job);
  const [baseline, ...others] = found.evaluated;
  const apart = new Map<string, Disagreements>();
  if (!baseline) return { compared, apart, classes: [] };
  const dataset = datasetById(services.db, baseline.run.dataset.id);
  const wanted = { ...CHOICE, from: 0, count: DISAGREEMENTS_TOLD };
  for (const { run, evaluation } of dataset.task === 'regression' ? [] : others) {
    const pair = { dataset, said: [baseline.evaluation, evaluation] };
    apart.set(run.id, await pageOfDisagreements(services, pair, wanted, job));
  }
  return { compared, apart, classes: dataset.classes };
}

/** Asks one run after another. */
async function askEach<T>(
  runs: readonly Run[],
  what: string,
  job: JobContext,
  ask: (run: Run, job: JobContext) => Promise<T>,
): Promise<{ answers: Map<string, T>; left: LeftOut[] }> {
  const answers = new Map<string, T>();
  const left: LeftOut[] = [];
  for (const [place, run] of runs.entries()) {
    const progress: JobContext['progress'] = (fraction) =>
      job.progress((place + (fraction ?? 0)) / runs.length, `${what} ${run.name}`);
    progress(0, '');
    try {
      answers.set(run.id, await ask(run, { signal: job.signal, progress }));
    } catch (error) {
      job.signal.throwIfAborted();
      const { message, hint } = toErrorValue(error);
      left.push({ id: run.id, reason: `${message} ${hint}` });
    }
  }
  return { answers, left };
}

/** Where a data set is gone for good there is none. */
function dataOf(db: ReadableDb, run: Run): Dataset | undefined {
  try {
    return datasetById(db, run.dataset.id);
  } catch (error) {
    if (toErrorValue(error).code === 'not-found') return undefined;
    throw error;
  }
}

async function traceOf(
  services: Services,
  runs: readonly Run[],
  text: string,
  job: JobContext,
): Promise<ReportedTrace> {
  const encoder = new SequenceEncoder(services.db);
  const { data, followed, left: others } = whoFollows(runs, (run) => dataOf(services.db, run));
  const { answers, left } = await askEach(followed, 'Follow the text through', job, (run, own) =>
    traceText(services, encoder, run, { text, checkpoint: CHOICE.checkpoint }, own),
  );
  const all = [...others.map(({ run: { id }, reason }) => ({ id, reason })), ...left];
  return { text, classes: data?.classes ?? [], traces: answers, left: all };
}

async function gradientOf(
  services: Services,
  runs: readonly Run[],
  job: JobContext,
): Promise<ReportedGradient> {
  const encoder = new SequenceEncoder(services.db);
  const [ready, untrained] = [runs.filter(isTrained), runs.filter((run) => !isTrained(run))];
  const counts = ready.map((run) => dataOf(services.db, run)?.testExamples ?? 0);
  const most = Math.min(GRADIENT_EXAMPLES, ...counts.filter((count) => count > 0));
  const examples = Array.from({ length: most }, (_, i) => i);
  const { answers, left } = await askEach(ready, 'Look into', job, (run, own) => {
    const { testExamples, name } = datasetById(services.db, run.dataset.id);
    if (testExamples === 0)
      throw new UnrollError('data-empty', { what: `The test split of ${name}`, least: 1 });
    return flowOf(services, encoder, run, { run: run.id, ...CHOICE, examples }, own);
  });
  const without = untrained.map((run) => ({ id: run.id, reason: untrainedText([run]) }));
  return { flows: answers, left: [...without, ...left] };
}

const isTrained = ({ epochsDone }: Run): boolean => epochsDone > 0;
