import { runLooks } from '../../shared/comparison/looks.ts';
import { reportHtml, reportMarkdown, PAPER_SERIES } from '../../shared/comparison/report-text.ts';
import { reportOf } from '../../shared/comparison/report.ts';
import { compareRuns } from '../../shared/comparison.ts';
import type { compareContract, Comparison } from '../../shared/contract/compare.ts';
import type { Parsed } from '../../shared/contract/index.ts';
import { UnrollError } from '../../shared/errors.ts';
import { compareExamples } from '../compare-examples.ts';
import type { JobContext } from '../jobs.ts';
import type { ReadableDb } from '../store/database.ts';
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
  const choice = { split: 'test', checkpoint: 'best' } as const;
  const found = examples ? await compareExamples(context, runs, choice, job) : null;
  const looks = [...runLooks(runs).values()].map(({ colour, mark }) => ({
    colour: PAPER_SERIES[colour - 1]!,
    mark,
  }));
  const made = reportOf(comparison, found, looks);
  return { name: made.title, content: format === 'html' ? reportHtml(made) : reportMarkdown(made) };
}
