/** The database in a run file of whomever, opened so that nothing in it can do harm. */
import { readFileSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { UnrollError } from '../../shared/errors.ts';
import { migrate } from './migrations.ts';
import { unsealed } from './run-file-seal.ts';

const MOST_BYTES = 2 ** 31;
export const SIGNATURE = 'SQLite format 3\0';

/**
 * In memory, so that nothing the file asks for reaches the disk; with no code of its own, such as triggers; at the newest schema.
 * @throws UnrollError `file-missing`, `file-damaged`, `file-too-large`, `model-unreadable` for one of a newer Unroll
 */
export function openUntrusted(path: string): Database.Database {
  const damaged = (reason: string, cause?: unknown) =>
    new UnrollError('file-damaged', { path, reason }, { cause });
  let bytes: Buffer;
  try {
    if (statSync(path).size > MOST_BYTES)
      throw new UnrollError('file-too-large', { path, reason: 'it has more than 2 GiB.' });
    bytes = readFileSync(path);
  } catch (cause) {
    throw cause instanceof UnrollError ? cause : new UnrollError('file-missing', { path }, { cause });
  }
  if (bytes.toString('latin1', 0, SIGNATURE.length) !== SIGNATURE) throw damaged('it is no run of Unroll.');
  const database = unsealed(bytes);
  if (!database) throw damaged('its bytes differ from its SHA-256.');
  // A write-ahead log, which a file of its own does not have, cannot be opened in memory.
  database[18] = 1;
  database[19] = 1;
  let db: Database.Database | undefined;
  try {
    db = new Database(database);
    db.pragma('trusted_schema = OFF');
    const code = db
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') OR sql LIKE '%VIRTUAL TABLE%'",
      )
      .get();
    if (code) throw damaged('it holds code of its own.');
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok')
      throw damaged('its pages do not fit together.');
    migrate(db, path);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof UnrollError && error.code === 'workspace-newer')
      throw new UnrollError('model-unreadable', {
        path,
        reason: 'it was written by a newer Unroll',
        fix: 'Open it with that version.',
      });
    throw error instanceof UnrollError && error.code !== 'workspace-damaged'
      ? error
      : damaged('it is no run of Unroll.', error);
  }
}
