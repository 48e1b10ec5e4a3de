import type { runsContract } from '../../shared/contract/runs.ts';
import { planRun } from '../plan-run.ts';
import type { Context, Handlers } from './handlers.ts';

type Own = Pick<
  typeof runsContract,
  'training.start' | 'training.pause' | 'training.resume' | 'training.stop' | 'training.end'
>;

export function trainingHandlers({ db, supervisor }: Context): Handlers<Own> {
  return {
    'training.start': (input) => supervisor.start(planRun(db, input), input.profile),
    'training.pause': ({ run }) => supervisor.pause(run),
    'training.resume': ({ run, engine, device }) => supervisor.resume(run, engine, device),
    'training.stop': ({ run }) => supervisor.stop(run),
    'training.end': ({ run }) => supervisor.end(run),
  };
}
