import type { experimentsContract } from '../../shared/contract/experiments.ts';
import { planContinuation } from '../continue-run.ts';
import { startSweep } from '../sweep.ts';
import type { Context, Handlers } from './handlers.ts';

export function experimentsHandlers(context: Context): Handlers<typeof experimentsContract> {
  const { db, supervisor } = context;
  return {
    'training.continue': (input) => supervisor.start(planContinuation(db, input)),
    'training.sweep': (input) => startSweep(context, input),
  };
}
