/** What can still be read of a damaged database, in a new one: every row that lies on pages that are whole. */
import Database from 'better-sqlite3';
import { tablesOf } from './check.ts';
import type { ReadableDb } from './database.ts';
import { migrate } from './migrations.ts';

type Row = Record<string, unknown>;

/** Rows of a table that came along, and a sentence's end about those that did not. */
export interface Salvaged {
  table: string;
  rows: number;
  /** Rows that could not be read; null where their number is not known. */
  lost: number | null;
}

/**
 * @param path the new file
 * @returns the tables that lost rows, in any way
 */
export function salvage(db: ReadableDb, path: string): Salvaged[] {
  const fresh = new Database(path);
  try {
    migrate(fresh, path);
    fresh.pragma('foreign_keys = OFF');
    const salvaged = tablesOf(fresh as ReadableDb).map((table) => copyTable(db, fresh, table));
    salvaged.push(...dropOrphans(fresh));
    return salvaged.filter(({ lost }) => lost !== 0);
  } finally {
    fresh.close();
  }
}

function copyTable(db: ReadableDb, fresh: Database.Database, table: string): Salvaged {
  const columns = columnsOf(fresh, table);
  const marks = columns.map((name) => `@${name}`).join(', ');
  const insert = fresh.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
  const whole = fresh.transaction(() => {
    let rows = 0;
    const all = db.prepare<[], Row>(`SELECT ${columns.join(', ')} FROM ${table} NOT INDEXED`);
    for (const row of all.iterate()) rows += insert.run(row).changes;
    return rows;
  });
  try {
    return { table, rows: whole(), lost: 0 };
  } catch {
    return fresh.transaction(() => copyByKey(db, table, columns, (row) => insert.run(row).changes))();
  }
}

/** Row by row: their keys are found from both ends of the table, and a row that cannot be read is left out. */
function copyByKey(
  db: ReadableDb,
  table: string,
  columns: readonly string[],
  insert: (row: Row) => number,
): Salvaged {
  const key = keyOf(db, table);
  const found = new Map<string, Row>();
  const ends = ['ASC', 'DESC'].map((direction) => readKeys(db, table, key, direction, found));
  const place = key.map((column) => `${column} = @${column}`).join(' AND ');
  let rows = 0;
  for (const at of found.values()) {
    try {
      const row = db.prepare<[Row], Row>(`SELECT ${columns.join(', ')} FROM ${table} WHERE ${place}`).get(at);
      if (row) rows += insert(row);
    } catch {
      // Counted below: it is a key without its row.
    }
  }
  return { table, rows, lost: ends.includes(false) ? null : found.size - rows };
}

/** @returns whether the whole table could be walked through */
function readKeys(
  db: ReadableDb,
  table: string,
  key: readonly string[],
  direction: string,
  found: Map<string, Row>,
): boolean {
  const order = key.map((column) => `${column} ${direction}`).join(', ');
  try {
    const sql = `SELECT ${key.join(', ')} FROM ${table} NOT INDEXED ORDER BY ${order}`;
    for (const row of db.prepare<[], Row>(sql).iterate()) found.set(JSON.stringify(Object.values(row)), row);
    return true;
  } catch {
    return false;
  }
}

/** The columns a table's rows lie in order of. */
function keyOf(db: ReadableDb, table: string): string[] {
  const list = 'SELECT wr FROM pragma_table_list WHERE name = ?';
  if (db.prepare<[string], { wr: number }>(list).get(table)?.wr !== 1) return ['rowid'];
  const sql = `SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`;
  return db.prepare(sql).pluck().all() as string[];
}

/** Columns that are written; those computed from others are not. */
function columnsOf(db: Database.Database, table: string): string[] {
  return db.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all() as string[];
}

interface Reference {
  from: string;
  to: string;
  table: string;
  on_delete: string;
}

/** Rows whose owner is lost go too, owners first; what only names another thing forgets it. */
function dropOrphans(fresh: Database.Database): Salvaged[] {
  const dropped: Salvaged[] = [];
  for (const table of tablesOf(fresh as ReadableDb)) {
    for (const { from, to, table: owner, on_delete } of fresh.pragma(
      `foreign_key_list('${table}')`,
    ) as Reference[]) {
      const orphan = `${from} IS NOT NULL AND ${from} NOT IN (SELECT ${to} FROM ${owner})`;
      const forget = on_delete === 'SET NULL';
      const sql = forget ? `UPDATE ${table} SET ${from} = NULL` : `DELETE FROM ${table}`;
      const { changes } = fresh.prepare(`${sql} WHERE ${orphan}`).run();
      if (!forget) dropped.push({ table, rows: 0, lost: changes });
    }
  }
  return dropped;
}
