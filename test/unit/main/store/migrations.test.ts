import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASE_FILE, openWorkspace } from '../../../../src/main/store/database.ts';
import { migrate, readMigrations, type Migration } from '../../../../src/main/store/migrations.ts';
import { insertSmallDataset, temporaryFolder } from '../workspace.ts';

const CREATE: Migration = {
  number: 1,
  name: '0001-notes.sql',
  sql: 'CREATE TABLE notes (text TEXT NOT NULL) STRICT;',
};
const SPLIT: Migration = {
  number: 2,
  name: '0002-titles.sql',
  sql: `ALTER TABLE notes ADD COLUMN title TEXT NOT NULL DEFAULT '';
        UPDATE notes SET title = substr(text, 1, 5);`,
};
const FAULTY: Migration = {
  number: 3,
  name: '0003-faulty.sql',
  sql: `UPDATE notes SET title = 'lost'; INSERT INTO missing VALUES (1);`,
};

function emptyDatabase(): Database.Database {
  const db = new Database(join(temporaryFolder(), 'test.sqlite'));
  onTestFinished(() => void db.close());
  return db;
}

const versionOf = (db: Database.Database) => db.pragma('user_version', { simple: true });

describe('migrations', () => {
  it('are numbered from 1 without a gap in this package', () => {
    const migrations = readMigrations();
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
    expect(migrations.length).toBeGreaterThan(0);
  });

  it('are refused when a number is missing or given twice', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '0001-first.sql'), '');
    writeFileSync(join(folder, '0003-third.sql'), '');
    expect(() => readMigrations(folder)).toThrow('number 2 was due');
    writeFileSync(join(folder, '0001-another.sql'), '');
    expect(() => readMigrations(folder)).toThrow('number 2 was due');
  });

  it('carry the data of an older schema over', () => {
    const db = emptyDatabase();
    migrate(db, 'w', [CREATE]);
    db.prepare('INSERT INTO notes (text) VALUES (?)').run('hello there');
    migrate(db, 'w', [CREATE, SPLIT]);
    expect(db.prepare('SELECT * FROM notes').all()).toEqual([{ text: 'hello there', title: 'hello' }]);
    expect(versionOf(db)).toBe(2);
  });

  it('leave nothing behind when one fails in the middle', () => {
    const db = emptyDatabase();
    migrate(db, 'w', [CREATE, SPLIT]);
    db.prepare('INSERT INTO notes VALUES (?, ?)').run('hello there', 'hello');
    expect(() => migrate(db, 'w', [CREATE, SPLIT, FAULTY])).toThrow('missing');
    expect(db.prepare('SELECT title FROM notes').pluck().all()).toEqual(['hello']);
    expect(versionOf(db)).toBe(2);
  });

  it('refuse a database of a newer version and leave it as it is', async () => {
    const folder = temporaryFolder();
    const first = openWorkspace(folder);
    await insertSmallDataset(first.db);
    const known = readMigrations().length;
    first.db.pragma(`user_version = ${known + 7}`);
    first.close();
    expect(() => openWorkspace(folder)).toThrow(
      expect.objectContaining({
        code: 'workspace-newer',
        message: expect.stringContaining(`schema ${known + 7}`) as string,
      }),
    );
    const db = new Database(join(folder, DATABASE_FILE));
    expect(versionOf(db)).toBe(known + 7);
    expect(db.prepare('SELECT name FROM datasets').pluck().all()).toEqual(['small']);
    db.close();
  });
});
