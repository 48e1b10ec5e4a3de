import type { compareContract } from '../../shared/contract/compare.ts';
import { compareRuns } from '../../shared/comparison.ts';
import { UnrollError } from '../../shared/errors.ts';
import { epochCurves } from '../store/metrics.ts';
import { readRun } from '../store/runs.ts';
import type { Context, Handlers } from './handlers.ts';

export function compareHandlers({ db }: Context): Handlers<typeof compareContract> {
  return {
    'compare.runs': ({ runs: names }) => {
      const runs = names.map((name) => readRun(db, name));
      const twice = runs.find(({ id }, i) => runs.findIndex((run) => run.id === id) < i);
      if (twice) {
        const reason = `${twice.name} is named twice, and a run differs from itself in nothing.`;
        throw new UnrollError('input-invalid', { what: 'The choice of runs', reason });
      }
      return compareRuns(runs.map((run) => ({ run, curves: epochCurves(db, run.id) })));
    },
  };
}
