/** Small JSON values by key. */
import { z } from 'zod';
import { renamedInQuery } from '../../shared/query/renamed.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export function readSettings(db: ReadableDb): Record<string, unknown> {
  const rows = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings').all();
  return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value) as unknown]));
}

/** Stores a value; `undefined` forgets the key. */
export function writeSetting(db: WritableDb, key: string, value: unknown): void {
  if (value === undefined) {
    db.prepare('DELETE FROM settings WHERE key = ?').run(key);
    return;
  }
  db.prepare(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  ).run(key, JSON.stringify(value));
}

/** Saved views of the runs, as far as they have a filter. */
const viewsSchema = z.array(z.looseObject({ query: z.looseObject({ filter: z.string().optional() }) }));

/** Runs are told with the name their data has now, and so are they asked for: the filters of saved views follow it. */
export function renameDataInViews(db: WritableDb, from: string, to: string): void {
  const views = viewsSchema.safeParse(readSettings(db)['runs.views']);
  if (!views.success) return;
  const renamed = views.data.map((view) => {
    const { filter } = view.query;
    if (filter === undefined) return view;
    return { ...view, query: { ...view.query, filter: renamedInQuery(filter, 'data', from, to) } };
  });
  writeSetting(db, 'runs.views', renamed);
}
