/** What is said where a run's weights or values are asked for and it has no complete epoch. */
import type { Run } from '../contract/runs.ts';

type Ended = Exclude<Run['status'], 'queued' | 'running' | 'paused'>;

const HOW: Readonly<Record<Ended, string>> = {
  done: 'ended',
  failed: 'failed',
  stopped: 'was stopped',
  interrupted: 'was interrupted',
};
const RESUME = 'Resume it, and they come with that epoch.';
const ANEW = 'Put right what it failed of, then train a new run.';

function isActive({ status }: Pick<Run, 'status'>): boolean {
  return !Object.hasOwn(HOW, status);
}

/**
 * Why there is nothing of runs without a complete epoch, and what to do about it: while one of them is still to train that it
 * comes, else how they ended and the way on.
 */
export function untrainedText(runs: readonly Pick<Run, 'status'>[]): string {
  if (runs.some(isActive)) return 'Possible after the first epoch.';
  const [first] = runs;
  if (first === undefined || runs.length > 1)
    return 'All of these runs ended before their first epoch was complete. Resume those that can be, or train new ones.';
  const { status } = first;
  const way = status === 'failed' ? ANEW : status === 'done' ? 'Train a new run.' : RESUME;
  return `This run ${HOW[status as Ended]} before its first epoch was complete. ${way}`;
}
