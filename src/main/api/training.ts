import type { Run, runsContract } from '../../shared/contract/runs.ts';
import { engineChoiceSchema } from '../../shared/training.ts';
import { adapterOf, requireEngine } from '../engines.ts';
import { planRun, requireEngineOf } from '../plan-run.ts';
import { readRun } from '../store/runs.ts';
import type { Context, Handlers } from './handlers.ts';

type Own = Pick<
  typeof runsContract,
  'training.start' | 'training.pause' | 'training.resume' | 'training.stop' | 'training.end'
>;

/** What a run is that goes on in a process of its own. */
const ENDED_EARLY: ReadonlySet<Run['status']> = new Set(['stopped', 'failed', 'interrupted']);

/** What a run asks of an engine is looked at before there is the run, or it is changed. */
export function trainingHandlers({ db, supervisor }: Context): Handlers<Own> {
  const { nodePath } = supervisor.inference;
  return {
    'training.start': async (input) => {
      const plan = planRun(db, input);
      await requireEngineOf(plan, nodePath);
      return supervisor.start(plan, input.profile);
    },
    'training.pause': ({ run }) => supervisor.pause(run),
    'training.resume': async ({ run, engine, device }) => {
      const { status, machine, ...own } = readRun(db, run);
      // One that is paused, or trains, has its engine.
      if (ENDED_EARLY.has(status)) {
        const wanted = engineChoiceSchema.catch('auto').parse(engine ?? own.engine);
        const kept = engine === undefined ? adapterOf({ engine: own.engine, machine }) : null;
        await requireEngine({ engine: wanted, device: device ?? kept }, nodePath);
      }
      return supervisor.resume(run, engine, device);
    },
    'training.stop': ({ run }) => supervisor.stop(run),
    'training.end': ({ run }) => supervisor.end(run),
  };
}
