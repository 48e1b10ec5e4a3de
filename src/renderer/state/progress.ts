/** How far a run has come. */
import type { RunRow } from '../../shared/history/rows.ts';
import type { RunProgress } from './runs.svelte.ts';

/** 0 to 1 over all epochs of the run, counting the batches of the current one; null before anything is known. */
export function runShare(
  run: Pick<RunRow, 'status' | 'epochs' | 'epochsDone'>,
  progress: RunProgress | undefined,
): number | null {
  if (run.status === 'done') return 1;
  if (progress === undefined) return run.status === 'queued' ? 0 : run.epochsDone / run.epochs;
  const withinEpoch = progress.phase === 'validate' ? 1 : progress.batch / Math.max(1, progress.batches);
  return Math.max(run.epochsDone, progress.epoch - 1 + withinEpoch) / run.epochs;
}
