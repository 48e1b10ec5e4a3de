import type { experimentsContract } from '../../shared/contract/experiments.ts';
import { planContinuation } from '../continue-run.ts';
import { planRun, requireEngineOf } from '../plan-run.ts';
import { startSweep } from '../sweep.ts';
import type { Context, Handlers } from './handlers.ts';

export function experimentsHandlers(context: Context): Handlers<typeof experimentsContract> {
  const { db, supervisor } = context;
  return {
    'training.continue': (input) => supervisor.start(planContinuation(db, input)),
    'training.sweep': async (input) => {
      const { from } = input;
      if (typeof from !== 'string') await requireEngineOf(planRun(db, from), supervisor.inference.nodePath);
      return startSweep(context, input);
    },
  };
}
