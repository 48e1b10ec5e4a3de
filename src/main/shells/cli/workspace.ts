/** Care for the workspace itself. These commands open the database and nothing that works on it, which a damaged one may not bear. */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UnrollError } from '../../../shared/errors.ts';
import type { JobContext } from '../../jobs.ts';
import type { Workspace } from '../../store/database.ts';
import type { Runner } from './runner.ts';
import type { Maintenance } from './session.ts';
import { Failed } from './session.ts';
import type { Terminal } from './terminal.ts';

export function registerWorkspace({ program, maintain }: Runner): void {
  const workspace = program
    .command('workspace')
    .description('back up, restore, check and repair all data, models and runs');
  const add = (name: string, description: string, work: (maintenance: Maintenance) => Promise<void>) =>
    workspace
      .command(name)
      .description(description)
      .action(() => maintain(work));
  registerBackup(workspace, maintain);
  registerRestore(workspace, maintain);
  add('check', 'whether every table, checkpoint and data set is as it was written', check);
  add('repair', 'keep what can be read, and give up or take back what is damaged', repair);
  registerReport(workspace, maintain);
}

/** Runs work on the opened database, with the words of its failures. */
async function opened<T>(folder: string, work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const { DATABASE_FILE, openWorkspace, workspaceError } = await import('../../store/database.ts');
  if (!existsSync(join(folder, DATABASE_FILE)))
    throw new UnrollError('file-missing', { path: join(resolve(folder), DATABASE_FILE) });
  const workspace = openWorkspace(folder);
  try {
    return await work(workspace);
  } catch (error) {
    throw workspaceError(error, workspace.path);
  } finally {
    workspace.close();
  }
}

function jobOn(terminal: Terminal, signal: AbortSignal): JobContext {
  const share = (fraction: number | null) => (fraction === null ? '' : ` ${Math.floor(fraction * 100)} %`);
  return { signal, progress: (fraction, detail) => terminal.progress(`${detail}${share(fraction)}`) };
}

function registerBackup(workspace: Command, maintain: Runner['maintain']): void {
  workspace
    .command('backup')
    .description('copy the workspace into one file, also while it is in use')
    .option('--out <path>', "the file; by default in the workspace's folder `backups`")
    .action(({ out }: { out?: string }) =>
      maintain(async ({ folder, terminal, signal }) => {
        const { backUp, backupPath } = await import('../../store/backup.ts');
        const done = await opened(folder, (opened) =>
          backUp(opened, out ?? backupPath(opened.path, 'unroll'), jobOn(terminal, signal)),
        );
        terminal.result(done, () => `Backed up to ${done.path} (${(done.bytes / 1e6).toFixed(1)} MB).`);
      }),
    );
}

function registerRestore(workspace: Command, maintain: Runner['maintain']): void {
  workspace
    .command('restore')
    .description('put a backup in the place of everything; what was there is kept as a copy')
    .argument('<file>', 'as `workspace backup` wrote it')
    .action((file: string) =>
      maintain(async ({ folder, terminal, signal }) => {
        const { restore, restoreUnopened } = await import('../../store/backup.ts');
        const job = jobOn(terminal, signal);
        const restored = await opened(folder, (opened) => restore(opened, file, job)).catch(
          (error: unknown) => {
            const unopened =
              error instanceof UnrollError && ['workspace-damaged', 'file-missing'].includes(error.code);
            if (!unopened) throw error;
            return restoreUnopened(folder, file, job);
          },
        );
        terminal.result(restored, () => `Restored. The workspace as it was before is ${restored.before}.`);
      }),
    );
}

async function check({ folder, terminal, signal }: Maintenance): Promise<void> {
  const { checkWorkspace } = await import('../../store/check.ts');
  const problems = await opened(folder, ({ db }) => checkWorkspace(db, jobOn(terminal, signal)));
  terminal.result(
    { problems },
    () => problems.map(({ message }) => message).join('\n') || 'Everything is whole.',
  );
  if (problems.length === 0) return;
  terminal.note('Repair it with: unroll workspace repair');
  throw new Failed();
}

async function repair({ folder, terminal, signal }: Maintenance): Promise<void> {
  const { repairWorkspace } = await import('../../store/repair.ts');
  const done = await opened(folder, (opened) => repairWorkspace(opened, jobOn(terminal, signal)));
  const { actions, left, before } = done;
  terminal.result(done, () => actions.join('\n') || 'Everything is whole; nothing was changed.');
  if (before !== null) terminal.note(`The workspace as it was before is ${before}.`);
  for (const { message } of left) terminal.note(`Not repaired: ${message}`);
  if (left.length > 0) throw new Failed();
}

function registerReport(workspace: Command, maintain: Runner['maintain']): void {
  workspace
    .command('report')
    .description('what to send along with a problem: versions, counts and the log, no data and no names')
    .option('--out <path>', 'a file to write it to')
    .action(({ out }: { out?: string }) =>
      maintain(async ({ folder, terminal }) => {
        const { problemReport } = await import('../../problem-report.ts');
        const report = await opened(folder, async (opened) => problemReport(opened));
        if (out === undefined) return terminal.result(report, () => report.text);
        write(out, report.text);
        terminal.result({ path: resolve(out) }, () => `Written to ${resolve(out)}.`);
      }),
    );
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UnrollError('path-not-writable', { path: resolve(path) }, { cause: error });
  }
}
