/**
 * A workspace is a folder with one SQLite file in it. Here it is opened, brought to the newest schema, and its
 * failures are put into the catalogue's words. Everything else about its content is in the topic files beside this one.
 */
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { UnrollError } from '../../shared/errors.ts';
import { migrate } from './migrations.ts';

declare const readable: unique symbol;
declare const writable: unique symbol;

/** A connection a function may only read from. */
export type ReadableDb = Database.Database & { readonly [readable]: true };
/** A connection a function may also write to; it serves wherever a readable one is asked for. */
export type WritableDb = ReadableDb & { readonly [writable]: true };

export interface Workspace {
  /** The folder, absolute. */
  path: string;
  /** The database file in it, for the training child to open read-only. */
  databasePath: string;
  db: WritableDb;
  close(): void;
}

export const DATABASE_FILE = 'unroll.sqlite';
/**
 * Turns the write-ahead log on. SQLite does not wait for other processes here, whatever the busy timeout: two that open a new
 * workspace at the same moment must ask again.
 */
function enterWal(db: Database.Database): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (attempt === 100 || !String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY'))
        throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** How long a statement waits for another process's transaction before it gives up with `workspace-busy`. */
const BUSY_TIMEOUT_MS = 2000;

/**
 * Opens the workspace in `folder`, creating folder and database when they are missing and upgrading an older schema.
 * @throws UnrollError `workspace-newer`, `workspace-damaged`, `workspace-read-only`, `workspace-full`, `workspace-busy`
 */
export function openWorkspace(folder: string): Workspace {
  const path = resolve(folder);
  const databasePath = join(path, DATABASE_FILE);
  let db: Database.Database | undefined;
  try {
    makeFolder(path);
    db = new Database(databasePath, { timeout: BUSY_TIMEOUT_MS });
    enterWal(db);
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    migrate(db, path);
  } catch (error) {
    db?.close();
    throw workspaceError(error, path);
  }
  const opened = db;
  return { path, databasePath, db: opened as WritableDb, close: () => void opened.close() };
}

/** Makes a folder and those it lies in. Node's own way to do so never ends where the system has no such place (as in /proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Runs `work` as one transaction that takes the write lock at once, so that what it reads cannot change under it.
 * Within another transaction it becomes part of that one.
 */
export function transaction<T>(db: WritableDb, work: () => T): T {
  return db.transaction(work).immediate();
}

const FULL_BELOW_BYTES = 1 << 20;

function diskIsFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize < FULL_BELOW_BYTES;
  } catch {
    return false;
  }
}

/** What SQLite or the file system reports, in the catalogue's words; any other error is returned as it is. */
export function workspaceError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof UnrollError) return error;
  const code = String(error.code);
  const cause = { cause: error };
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return new UnrollError('workspace-full', { path }, cause);
  // A full disk can also show as a failed write to the log's shared memory.
  if (code.startsWith('SQLITE_IOERR') && diskIsFull(path))
    return new UnrollError('workspace-full', { path }, cause);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new UnrollError('workspace-busy', { path }, cause);
  if (/^(SQLITE_(READONLY|CANTOPEN|PERM)|EACCES$|EPERM$|EROFS$|EEXIST$|ENOENT$|ENOTDIR$)/.test(code)) {
    return new UnrollError('workspace-read-only', { path }, cause);
  }
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(code)) {
    return new UnrollError('workspace-damaged', { path, reason: error.message }, cause);
  }
  return error;
}
