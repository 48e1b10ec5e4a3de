/** Applications over real workspaces, with a small data set in each, and what tests wait for. */
import { onTestFinished } from 'vitest';
import { openApplication, type Application } from '../../src/main/application.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import type { EventName, EventPayload, Input } from '../../src/shared/contract/index.ts';
import type { Run } from '../../src/shared/contract/runs.ts';
import { insertSmallDataset, smallGraph, temporaryFolder } from '../unit/main/workspace.ts';

/** A new workspace holding the data set `small`; by default 80 batches of 16 an epoch, so that there is time to interfere. */
export async function folderWithData(folder = temporaryFolder(), examples = 1600): Promise<string> {
  const workspace = openWorkspace(folder);
  await insertSmallDataset(workspace.db, 'small', { examples });
  workspace.close();
  return folder;
}

export function open(workspace: string): Application {
  const application = openApplication({ workspace, shell: 'cli' });
  onTestFinished(() => application.close());
  return application;
}

export const smallRun = (name: string, epochs = 3): Input<'training.start'> => ({
  model: smallGraph,
  data: 'small',
  name,
  preprocessing: { num_words: null, maxlen: 12 },
  training: { epochs, batch_size: 16 },
  threads: 1,
});

const ENDED: readonly string[] = ['done', 'stopped', 'failed', 'interrupted'];

/** Resolves with the payload of the first event that satisfies `condition`. */
export function once<E extends EventName>(
  application: Application,
  event: E,
  condition: (payload: EventPayload<E>) => boolean,
): Promise<EventPayload<E>> {
  return new Promise((resolve) => {
    const stop = application.on(event, (payload) => {
      if (!condition(payload)) return;
      stop();
      resolve(payload);
    });
  });
}

/** Resolves with the run when it has ended in any way. To be called before it can have. */
export const runEnd = (application: Application, name: string): Promise<Run> =>
  once(application, 'run.changed', (run) => run.name === name && ENDED.includes(run.status));

/** Trains a run without any disturbance. */
export async function trainUndisturbed(application: Application, name: string, epochs = 3): Promise<Run> {
  const end = runEnd(application, name);
  await application.call('training.start', smallRun(name, epochs));
  return end;
}

/** Whether there is a process of this pid. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a condition holds. @throws when it does not within ten seconds */
export async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error('the condition did not come about in ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
