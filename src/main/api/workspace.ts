import type { workspaceContract } from '../../shared/contract/workspace.ts';
import { problemReport } from '../problem-report.ts';
import { backUp, backupPath, listBackups, restore } from '../store/backup.ts';
import { checkWorkspace } from '../store/check.ts';
import { repairWorkspace } from '../store/repair.ts';
import type { Context, Handlers } from './handlers.ts';

export function workspaceHandlers(context: Context): Handlers<typeof workspaceContract> {
  const { workspace, events, jobs } = context;
  return {
    'workspace.backup': ({ path }) =>
      jobs.start('Back up the workspace', (job) =>
        backUp(workspace, path ?? backupPath(workspace.path, 'unroll'), job),
      ),
    'workspace.backups': () => listBackups(workspace.path),
    'workspace.restore': ({ path }) =>
      jobs.start('Restore the workspace', async (job) => {
        const restored = await restore(workspace, path, job);
        events.emit('workspace.replaced', {});
        return restored;
      }),
    'workspace.check': () =>
      jobs.start('Check the workspace', async (job) => ({
        problems: await checkWorkspace(workspace.db, job),
      })),
    'workspace.repair': () =>
      jobs.start('Repair the workspace', async (job) => {
        const repair = await repairWorkspace(workspace, job);
        if (repair.before !== null) events.emit('workspace.replaced', {});
        return repair;
      }),
    'workspace.report': () => problemReport(workspace),
  };
}
