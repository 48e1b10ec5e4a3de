import type { compareContract } from '../../shared/contract/compare.ts';
import { compareRuns } from '../../shared/comparison.ts';
import { epochCurves } from '../store/metrics.ts';
import { readRun } from '../store/runs.ts';
import type { Context, Handlers } from './handlers.ts';

export function compareHandlers({ db }: Context): Handlers<typeof compareContract> {
  return {
    'compare.runs': ({ runs: names }) => {
      const runs = names.map((name) => readRun(db, name));
      return compareRuns(runs.map((run) => ({ run, curves: epochCurves(db, run.id) })));
    },
  };
}
