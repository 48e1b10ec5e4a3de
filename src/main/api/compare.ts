import { compareRuns } from '../../shared/comparison.ts';
import type { compareContract, Comparison } from '../../shared/contract/compare.ts';
import { UnrollError } from '../../shared/errors.ts';
import { comparisonReport } from '../comparison-report.ts';
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
        comparisonReport(context, comparison, input, job),
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
