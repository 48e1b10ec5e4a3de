/** Copies of a workspace, made and put back page by page with SQLite's online backup, while it is in use. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import type { Backup } from '../../shared/contract/workspace.ts';
import { UnrollError } from '../../shared/errors.ts';
import { clearAbandoned, stageBeside } from '../exporters/place.ts';
import type { JobContext } from '../jobs.ts';
import { DATABASE_FILE, type Workspace } from './database.ts';
import { interruptAbandoned } from './leases.ts';
import { migrate } from './migrations.ts';

const ENDING = '.sqlite';
/** So many pages are copied between two looks at the event loop: 4 MiB. */
const PAGES_AT_ONCE = 1024;
const ALL_PAGES = 0x7fffffff;

export const backupFolder = (workspace: string): string => join(workspace, 'backups');

/** `backups/unroll-2026-11-23-12-04-59.sqlite`, in the time of the place. */
export function backupPath(workspace: string, prefix: string, now = new Date()): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const stamp = local.toISOString().slice(0, 19).replace(/[T:]/g, '-');
  for (let number = 1; ; number++) {
    const name = `${prefix}-${stamp}${number === 1 ? '' : `-${number}`}${ENDING}`;
    const path = join(backupFolder(workspace), name);
    if (!existsSync(path)) return path;
  }
}

/** The copies in the workspace's own folder for them, newest first. */
export function listBackups(workspace: string): Backup[] {
  const folder = backupFolder(workspace);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  return names.map((name) => describe(join(folder, name))).sort((a, b) => b.createdAt - a.createdAt);
}

function describe(path: string): Backup {
  const { size, mtimeMs } = statSync(path);
  return { path, bytes: size, createdAt: Math.round(mtimeMs) };
}

/**
 * Copies the workspace as it is at the end of the copying, into one file that is there as a whole or not at all.
 * @throws UnrollError `name-taken`, `path-not-writable`, `disk-full`, `workspace-damaged`, `cancelled`
 */
export async function backUp(
  { db, path: workspace }: Workspace,
  to: string,
  job: JobContext,
): Promise<Backup> {
  const path = resolve(to);
  if (existsSync(path)) throw new UnrollError('name-taken', { kind: 'file', name: path });
  return stagedBeside(path, async (stage) => {
    await copyPages(db, stage, job);
    const copy = new Database(stage);
    try {
      requireWhole(copy, (reason) => new UnrollError('workspace-damaged', { path: workspace, reason }));
    } finally {
      copy.close();
    }
    renameSync(stage, path);
    return describe(path);
  });
}

/** A copy even of what is damaged, to have it before it is changed. */
export async function setAside(
  { db, path: workspace }: Workspace,
  prefix: string,
  job: JobContext,
): Promise<string> {
  const path = backupPath(workspace, prefix);
  return stagedBeside(path, async (stage) => {
    await copyPages(db, stage, job);
    renameSync(stage, path);
    return path;
  });
}

/**
 * Puts a copy in the place of what the workspace holds, in one step that other processes see as a whole.
 * @returns where the workspace as it was before now lies
 * @throws UnrollError `workspace-in-use`, `file-missing`, `file-damaged`, `workspace-newer`, `workspace-full`
 */
export async function restore(
  workspace: Workspace,
  from: string,
  job: JobContext,
): Promise<{ before: string }> {
  requireQuiet(workspace);
  return stagedBeside(join(workspace.path, 'restored'), async (stage) => {
    await prepare(resolve(from), stage, job);
    const before = await setAside(workspace, 'before-restore', job);
    await replace(workspace, stage);
    return { before };
  });
}

/**
 * Puts a copy in the place of a database that cannot be opened at all; that is kept under another name.
 * No other process may have the workspace open.
 */
export async function restoreUnopened(
  folder: string,
  from: string,
  job: JobContext,
): Promise<{ before: string }> {
  const path = join(resolve(folder), DATABASE_FILE);
  return stagedBeside(path, async (stage) => {
    await prepare(resolve(from), stage, job);
    const before = backupPath(resolve(folder), 'before-restore');
    mkdirSync(dirname(before), { recursive: true });
    for (const ending of ['-wal', '-shm', ''])
      if (existsSync(path + ending)) renameSync(path + ending, before + ending);
    renameSync(stage, path);
    return { before };
  });
}

/** Replaces what the workspace holds by another database, while it stays open here and elsewhere. */
export async function replace({ databasePath }: Workspace, by: string): Promise<void> {
  const source = new Database(by, { readonly: true });
  try {
    await source.backup(databasePath, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
}

/** @throws UnrollError `workspace-in-use` while any process trains in it */
export function requireQuiet({ db, path }: Workspace): void {
  const active =
    "SELECT name FROM runs WHERE status IN ('queued', 'running', 'paused') AND removed_at IS NULL";
  interruptAbandoned(db);
  const run = db.prepare<[], { name: string }>(active).get();
  if (run) throw new UnrollError('workspace-in-use', { path, run: run.name });
}

/** A sound copy of a backup, brought to the newest schema, whose runs nobody trains any more. */
async function prepare(path: string, stage: string, job: JobContext): Promise<void> {
  if (!existsSync(path)) throw new UnrollError('file-missing', { path });
  const damaged = (reason: string) => new UnrollError('file-damaged', { path, reason });
  let copy: Database.Database | undefined;
  try {
    const source = new Database(path, { readonly: true });
    await copyPages(source, stage, job).finally(() => source.close());
    copy = new Database(stage);
    requireWhole(copy, damaged);
    if (copy.pragma('user_version', { simple: true }) === 0) throw damaged('it is no copy of a workspace.');
    migrate(copy, path);
    copy.exec(
      `UPDATE runs SET status = 'interrupted', lease_pid = NULL, lease_token = NULL, lease_beat_at = NULL
       WHERE status IN ('queued', 'running', 'paused')`,
    );
  } catch (error) {
    if (error instanceof UnrollError && error.code !== 'workspace-damaged') throw error;
    if (/^(SQLITE_(NOTADB|CORRUPT)|workspace-damaged$)/.test(String((error as { code?: unknown }).code)))
      throw damaged('it is no copy of a workspace.');
    throw error;
  } finally {
    copy?.close();
  }
}

function requireWhole(copy: Database.Database, damaged: (reason: string) => UnrollError): void {
  // One file, without a log beside it.
  copy.pragma('journal_mode = DELETE');
  const found = copy.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw damaged('its pages do not fit together.');
}

async function copyPages(db: Database.Database, to: string, { progress, signal }: JobContext): Promise<void> {
  await db.backup(to, {
    progress: ({ totalPages, remainingPages }) => {
      signal.throwIfAborted();
      progress(1 - remainingPages / Math.max(1, totalPages), 'Copying');
      return PAGES_AT_ONCE;
    },
  });
}

/** Does work on a file beside `path` that is gone afterwards, unless it was moved; what a killed process left there goes too. */
export async function stagedBeside<T>(path: string, work: (stage: string) => Promise<T>): Promise<T> {
  const stage = stageBeside(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    await clearAbandoned(path);
    try {
      return await work(stage);
    } finally {
      for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(stage + ending, { force: true });
    }
  } catch (error) {
    throw placeError(error, path);
  }
}

function placeError(error: unknown, path: string): unknown {
  const code = String((error as { code?: unknown }).code);
  if (/^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|SQLITE_CANTOPEN.*|SQLITE_READONLY.*)$/.test(code))
    return new UnrollError('path-not-writable', { path }, { cause: error });
  if (/^(ENOSPC|SQLITE_FULL)$/.test(code)) return new UnrollError('disk-full', { path }, { cause: error });
  return error;
}
