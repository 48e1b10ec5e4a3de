import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  DATABASE_FILE,
  openWorkspace,
  transaction,
  workspaceError,
} from '../../../../src/main/store/database.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { temporaryFolder, temporaryWorkspace } from '../workspace.ts';

function codeOf(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    return error instanceof UnrollError ? error.code : String(error);
  }
  return 'opened';
}

describe('opening a workspace', () => {
  it('creates folder and database, with write-ahead log and foreign keys', () => {
    const folder = join(temporaryFolder(), 'deep', 'er');
    const { db, path, close } = openWorkspace(folder);
    expect(path).toBe(folder);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    close();
  });

  it('makes every table STRICT', () => {
    const { db } = temporaryWorkspace();
    const loose = db.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    );
    expect(loose.all()).toEqual([]);
  });

  it('finds what an earlier process stored', () => {
    const folder = temporaryFolder();
    const first = openWorkspace(folder);
    first.db.prepare("INSERT INTO settings VALUES ('theme', '\"dark\"')").run();
    first.close();
    const second = openWorkspace(folder);
    expect(second.db.prepare('SELECT value FROM settings').pluck().get()).toBe('"dark"');
    second.close();
  });

  it('refuses a file that is no database', () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, DATABASE_FILE),
      'These are words, and enough of them to fill a header. '.repeat(100),
    );
    expect(codeOf(() => openWorkspace(folder))).toBe('workspace-damaged');
  });

  it('refuses the database of another program and leaves it as it is', () => {
    const folder = temporaryFolder();
    const file = join(folder, DATABASE_FILE);
    const other = new Database(file);
    other.exec('CREATE TABLE songs (title TEXT)');
    other.close();
    expect(codeOf(() => openWorkspace(folder))).toBe('workspace-damaged');
    const again = new Database(file);
    expect(again.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['songs']);
    again.close();
  });

  it('says so where it cannot write', () => {
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    expect(codeOf(() => openWorkspace(file))).toBe('workspace-read-only');
    expect(codeOf(() => openWorkspace(join(file, 'below')))).toBe('workspace-read-only');
    if (process.platform === 'linux')
      expect(codeOf(() => openWorkspace('/proc/none'))).toBe('workspace-read-only');
  });

  it.runIf(process.getuid?.() === 0)('says so in a folder without the permission to write', () => {
    const folder = temporaryFolder();
    openWorkspace(folder).close();
    // Root may write anywhere, so another user tries; the sources must be readable to that user.
    mkdirSync(join(folder, 'sub'), { mode: 0o755 });
    const script = `import { openWorkspace } from ${JSON.stringify(join(import.meta.dirname, '../../../../src/main/store/database.ts'))};
      try { openWorkspace(${JSON.stringify(folder)}); console.log('opened'); } catch (error) { console.log(error.code); }`;
    spawnSync('chmod', ['755', folder]);
    const nobody = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      uid: 65534,
      encoding: 'utf8',
    });
    expect(nobody.stdout.trim()).toBe('workspace-read-only');
  });
});

describe('writing', () => {
  it('reports a database another connection is writing to as busy', () => {
    const folder = temporaryFolder();
    const one = openWorkspace(folder);
    const two = openWorkspace(folder);
    two.db.pragma('busy_timeout = 50');
    one.db.exec('BEGIN IMMEDIATE');
    try {
      transaction(two.db, () => undefined);
      expect.unreachable();
    } catch (error) {
      expect(workspaceError(error, folder)).toMatchObject({ code: 'workspace-busy' });
    }
    one.db.exec('ROLLBACK');
    one.close();
    two.close();
  });

  it('undoes the whole of a transaction that fails', () => {
    const { db } = temporaryWorkspace();
    const work = () =>
      transaction(db, () => {
        db.prepare("INSERT INTO settings VALUES ('a', '1')").run();
        throw new Error('in the middle');
      });
    expect(work).toThrow('in the middle');
    expect(db.prepare('SELECT count(*) FROM settings').pluck().get()).toBe(0);
  });
});

describe('putting failures into words', () => {
  it('knows a full disk', () => {
    const { db, path } = temporaryWorkspace();
    db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
    try {
      db.prepare("INSERT INTO settings VALUES ('big', ?)").run(`"${'x'.repeat(1_000_000)}"`);
      expect.unreachable();
    } catch (error) {
      expect(workspaceError(error, path)).toMatchObject({ code: 'workspace-full' });
    }
  });

  it('passes anything else on as it is', () => {
    const error = new Error('something else');
    expect(workspaceError(error, 'w')).toBe(error);
  });
});
