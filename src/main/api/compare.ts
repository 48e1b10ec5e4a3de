import { DISAGREEMENTS_TOLD } from '../../shared/comparison/disagreement-table.ts';
import { runLooks } from '../../shared/comparison/looks.ts';
import type { ReportedExamples } from '../../shared/comparison/report-examples.ts';
import { reportHtml, reportMarkdown, PAPER_SERIES } from '../../shared/comparison/report-text.ts';
import { reportOf } from '../../shared/comparison/report.ts';
import { compareRuns } from '../../shared/comparison.ts';
import type { Disagreements } from '../../shared/contract/analysis.ts';
import type { compareContract, Comparison } from '../../shared/contract/compare.ts';
import type { Parsed } from '../../shared/contract/index.ts';
import { UnrollError } from '../../shared/errors.ts';
import { compareExamples } from '../compare-examples.ts';
import { comparedPair, currentEvaluation, pageOfDisagreements } from '../disagreements.ts';
import type { JobContext } from '../jobs.ts';
import type { ReadableDb } from '../store/database.ts';
import { datasetById } from '../store/datasets.ts';
import { epochCurves } from '../store/metrics.ts';
import { readRun } from '../store/runs.ts';
import type { Context, Handlers } from './handlers.ts';

export function compareHandlers(context: Context): Handlers<typeof compareContract> {
  const { db, jobs } = context;
  return {
    'compare.runs': ({ runs }) => compareNamed(db, runs),
    'compare.report': (input) => {
      const comparison = compareNamed(db, input.runs);
      return jobs.start(`Report on ${comparison.runs.length} runs`, (job) =>
        report(context, comparison, input, job),
      );
    },
  };
}

/** @throws UnrollError `not-found`, `input-invalid` where a run is named twice */
function compareNamed(db: ReadableDb, names: readonly string[]): Comparison {
  const runs = names.map((name) => readRun(db, name));
  const twice = runs.find(({ id }, i) => runs.findIndex((run) => run.id === id) < i);
  if (twice) {
    const reason = `${twice.name} is named twice, and a run differs from itself in nothing.`;
    throw new UnrollError('input-invalid', { what: 'The choice of runs', reason });
  }
  return compareRuns(runs.map((run) => ({ run, curves: epochCurves(db, run.id) })));
}

async function report(
  context: Context,
  comparison: Comparison,
  { format, examples }: Parsed<'compare.report'>,
  job: JobContext,
) {
  const { runs } = comparison;
  const found = examples ? await examplesOf(context, runs, job) : null;
  const looks = [...runLooks(runs).values()].map(({ colour, mark }) => ({
    colour: PAPER_SERIES[colour - 1]!,
    mark,
  }));
  const made = reportOf(comparison, found, looks);
  return { name: made.title, content: format === 'html' ? reportHtml(made) : reportMarkdown(made) };
}

/** Evaluates what has not been; with the first texts on which each run disagrees with the baseline. */
async function examplesOf(
  context: Context,
  runs: Comparison['runs'],
  job: JobContext,
): Promise<ReportedExamples> {
  const choice = { split: 'test', checkpoint: 'best' } as const;
  const compared = await compareExamples(context, runs, choice, job);
  const [baseline] = compared.runs;
  const apart = new Map<string, Disagreements>();
  for (const { id, counts } of compared.pairs) {
    // A run that trains on may have a better checkpoint by now, which has said nothing yet.
    const asCompared = [baseline!.id, id].every((run) => currentEvaluation(context, run, choice) !== null);
    if (counts === null || !asCompared) continue;
    const pair = comparedPair(context, { runs: [baseline!.id, id], ...choice });
    const wanted = { ...choice, from: 0, count: DISAGREEMENTS_TOLD };
    apart.set(id, await pageOfDisagreements(context, pair, wanted, job));
  }
  const data = runs.find(({ id }) => id === baseline?.id)?.dataset.id;
  return { compared, apart, classes: data === undefined ? [] : datasetById(context.db, data).classes };
}
