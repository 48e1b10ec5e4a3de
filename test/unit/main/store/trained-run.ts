import { storeEpoch, takeRun } from '../../../../src/main/store/leases.ts';
import { createRun } from '../../../../src/main/store/runs.ts';
import { insertSmallDataset, newRun, temporaryWorkspace } from '../workspace.ts';

export const lease = { pid: process.pid, token: 'ours' };

/** A workspace with a run of three epochs stored, the first of them the best; the run is still `lease`'s. */
export async function trainedRun() {
  const workspace = temporaryWorkspace();
  const { db } = workspace;
  const { id } = createRun(db, newRun(await insertSmallDataset(db)));
  takeRun(db, id, lease);
  for (const epoch of [1, 2, 3])
    storeEpoch(db, id, lease, {
      epoch,
      logs: { loss: 1 / epoch },
      seconds: 1,
      learningRate: 0.01,
      peakBytes: 1,
      checkpoint: Uint8Array.of(epoch, 7),
      isBest: epoch === 1,
    });
  return { workspace, db, id };
}
