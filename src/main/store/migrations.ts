/**
 * Migrations are the numbered files `db/0001-name.sql`, `0002-…`; `user_version` is the number of the last one run.
 * A file holds plain statements: the transaction around it is owned here, so a failed one leaves nothing behind.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { UnrollError } from '../../shared/errors.ts';
import { packageRoot } from '../package-root.ts';

export interface Migration {
  number: number;
  name: string;
  sql: string;
}

/** The migrations of a folder in order. @throws UnrollError `internal` when their numbers are not 1, 2, 3, … */
export function readMigrations(folder = join(packageRoot, 'db')): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name, index) => {
    const number = Number(/^(\d{4})-[\w-]+\.sql$/.exec(name)?.[1]);
    if (number !== index + 1) {
      throw new UnrollError('internal', {
        reason: `migration ${name} is out of order, number ${index + 1} was due.`,
      });
    }
    return { number, name, sql: readFileSync(join(folder, name), 'utf8') };
  });
}

const versionOf = (db: Database.Database): number => db.pragma('user_version', { simple: true }) as number;

/**
 * Brings a database to the newest schema.
 * @param path the workspace's folder, for the words of an error
 * @throws UnrollError `workspace-newer`, or `workspace-damaged` when the file belongs to another program
 */
export function migrate(db: Database.Database, path: string, migrations = readMigrations()): void {
  const found = versionOf(db);
  const known = migrations.length;
  if (found > known) throw new UnrollError('workspace-newer', { path, found, known });
  if (found === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() && !upgradedMeanwhile(db)) {
    throw new UnrollError('workspace-damaged', { path, reason: 'it is the database of another program' });
  }
  for (const migration of migrations.slice(found)) run(db, migration);
}

/** Another process may be creating this very workspace: tables seen at version 0 then have a version a moment later. */
function upgradedMeanwhile(db: Database.Database): boolean {
  return versionOf(db) > 0;
}

function run(db: Database.Database, { number, sql }: Migration): void {
  const apply = db.transaction(() => {
    // Looked at again under the write lock: another process may have upgraded while this one waited.
    if (versionOf(db) >= number) return;
    db.exec(sql);
    db.pragma(`user_version = ${number}`);
  });
  apply.immediate();
}
