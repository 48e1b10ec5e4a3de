import type { historyContract } from '../../shared/contract/history.ts';
import { epochCurves } from '../store/metrics.ts';
import { readRunSettings } from '../store/run-settings.ts';
import { readRunTable } from '../store/run-table.ts';
import { changeRuns } from '../store/runs.ts';
import { done, type Context, type Handlers } from './handlers.ts';

export function historyHandlers({ db, events }: Context): Handlers<typeof historyContract> {
  return {
    'runs.table': () => readRunTable(db),
    'runs.settings': () => readRunSettings(db),
    // A run deleted meanwhile simply has no curves.
    'runs.overlay': ({ runs }) => runs.map((run) => ({ run, curves: epochCurves(db, run) })),
    'runs.change': (change) => {
      changeRuns(db, change);
      events.emit('runs.altered', { runs: change.runs });
      return done;
    },
  };
}
