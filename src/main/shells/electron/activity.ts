/**
 * What the desktop shows of training while the window is elsewhere: a word when a run has ended, its progress in the taskbar
 * or the dock; and the machine does not go to sleep meanwhile.
 */
import { BrowserWindow, Notification, powerSaveBlocker } from 'electron';
import type { Run, RunStatus } from '../../../shared/contract/runs.ts';
import type { Application } from '../../application.ts';
import { showPlace } from './navigate.ts';

const NONE = -1;

/** One line on how a run ended; null for an end the user asked for, or none. */
export function endOf(run: Pick<Run, 'name' | 'status' | 'epochsDone' | 'last' | 'error'>): string | null {
  if (run.status === 'failed') return run.error?.message ?? 'It ended early.';
  if (run.status !== 'done') return null;
  const shown = ['val_acc', 'acc', 'val_loss', 'loss'].find((name) => run.last[name] !== undefined);
  const value = shown === undefined ? '' : `, ${shown} ${run.last[shown]!.toFixed(4)}`;
  return `${run.epochsDone} ${run.epochsDone === 1 ? 'epoch' : 'epochs'}${value}.`;
}

function notify(run: Run, line: string): void {
  if (BrowserWindow.getFocusedWindow() !== null || !Notification.isSupported()) return;
  const title = run.status === 'failed' ? `${run.name} failed` : `${run.name} finished`;
  const notification = new Notification({ title, body: line });
  notification.on('click', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window) showPlace(window, ['runs', run.id]);
  });
  notification.show();
}

/** Of what trains now, from 0 to 1; runs that train side by side count the same. */
function meanOf(progress: ReadonlyMap<string, number>): number {
  if (progress.size === 0) return NONE;
  return [...progress.values()].reduce((sum, share) => sum + share, 0) / progress.size;
}

/** Follows the application's runs until it is closed. */
export function showActivity(application: Application): void {
  const status = new Map<string, RunStatus>();
  const progress = new Map<string, number>();
  let blocker: number | null = null;
  const show = () => {
    for (const window of BrowserWindow.getAllWindows()) window.setProgressBar(meanOf(progress));
    if (progress.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  };
  application.on('run.progress', ({ run, epoch, epochs, batch, batches }) => {
    if (status.get(run) !== 'running') return;
    progress.set(run, Math.min(1, (epoch - 1 + batch / Math.max(1, batches)) / epochs));
    show();
  });
  application.on('run.changed', (run) => {
    const before = status.get(run.id);
    status.set(run.id, run.status);
    if (run.status === 'running') progress.set(run.id, progress.get(run.id) ?? 0);
    else progress.delete(run.id);
    show();
    const line = before === 'running' ? endOf(run) : null;
    if (line !== null) notify(run, line);
  });
}
