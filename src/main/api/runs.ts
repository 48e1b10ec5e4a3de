import type { runsContract } from '../../shared/contract/runs.ts';
import { listCheckpoints } from '../store/checkpoints.ts';
import { listLogs } from '../store/logs.ts';
import { batchCurves, epochCurves } from '../store/metrics.ts';
import { activeRuns, editRun, listRuns, readRun, removeRuns, restoreRuns } from '../store/runs.ts';
import { done, type Context, type Handlers } from './handlers.ts';

type Own = Pick<
  typeof runsContract,
  | 'runs.list'
  | 'runs.show'
  | 'runs.curves'
  | 'runs.log'
  | 'runs.checkpoints'
  | 'runs.edit'
  | 'runs.remove'
  | 'runs.restore'
>;

export function runsHandlers({ db, events, supervisor }: Context): Handlers<Own> {
  return {
    'runs.list': ({ archived }) => listRuns(db, { archived }),
    'runs.show': ({ run }) => readRun(db, run),
    'runs.curves': ({ run, by }) => {
      const { id } = readRun(db, run);
      return by === 'epoch' ? epochCurves(db, id) : batchCurves(db, id);
    },
    'runs.log': ({ run }) => listLogs(db, readRun(db, run).id),
    'runs.checkpoints': ({ run }) => listCheckpoints(db, readRun(db, run).id),
    'runs.edit': ({ run, ...edit }) => {
      const edited = editRun(db, run, edit);
      events.emit('run.changed', edited);
      return edited;
    },
    'runs.remove': async ({ runs }) => {
      // All are looked up before any is touched, so that a wrong name removes nothing.
      const ids = new Set(runs.map((run) => readRun(db, run).id));
      for (const id of activeRuns(db)) if (ids.has(id)) await supervisor.stop(id);
      removeRuns(db, ids);
      events.emit('runs.removed', { runs: [...ids] });
      return done;
    },
    'runs.restore': ({ runs }) => {
      const restored = restoreRuns(db, runs);
      events.emit('runs.altered', { runs: restored });
      return { runs: restored };
    },
  };
}
