/** Models as they are being edited, each with the journal of its edits; a draft and its journal always fit each other. */
import { UnrollError } from '../../shared/errors.ts';
import type { Draft, DraftEntry } from '../../shared/contract/drafts.ts';
import { graphDiffSchema } from '../../shared/graph/diff.ts';
import { modelGraphSchema, type ModelGraph } from '../../shared/graph/graph.ts';
import type { EditStep, JournalChange } from '../../shared/graph/history.ts';
import { transaction, type ReadableDb, type WritableDb } from './database.ts';

interface Row {
  id: string;
  model: string | null;
  graph: string;
  steps_done: number;
  version: number;
  updated_at: number;
}

const COLUMNS = 'id, model, graph, steps_done, version, updated_at';

function stepsOf(db: ReadableDb, id: string): EditStep[] {
  const sql = 'SELECT label, diff FROM draft_steps WHERE draft_id = ? ORDER BY place';
  const rows = db.prepare<[string], { label: string; diff: string }>(sql).all(id);
  return rows.map(({ label, diff }) => ({ label, diff: graphDiffSchema.parse(JSON.parse(diff)) }));
}

const fromRow = (db: ReadableDb, row: Row): Draft => ({
  id: row.id,
  model: row.model,
  graph: modelGraphSchema.parse(JSON.parse(row.graph)),
  journal: { steps: stepsOf(db, row.id), done: row.steps_done },
  version: row.version,
  updatedAt: row.updated_at,
});

export function latestDraft(db: ReadableDb): Draft | null {
  const sql = `SELECT ${COLUMNS} FROM drafts ORDER BY updated_at DESC, id LIMIT 1`;
  const row = db.prepare<[], Row>(sql).get();
  return row ? fromRow(db, row) : null;
}

export function draftOfModel(db: ReadableDb, model: string): Draft | null {
  const row = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM drafts WHERE model = ?`).get(model);
  return row ? fromRow(db, row) : null;
}

/** @throws UnrollError `not-found` */
export function readDraft(db: ReadableDb, id: string): Draft {
  const row = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM drafts WHERE id = ?`).get(id);
  if (!row) throw new UnrollError('not-found', { kind: 'draft', name: id });
  return fromRow(db, row);
}

export function listDrafts(db: ReadableDb): DraftEntry[] {
  const sql = `SELECT id, model, graph ->> '$.name' AS name, json_array_length(graph, '$.nodes') AS layers,
    updated_at AS updatedAt FROM drafts ORDER BY updated_at DESC, id`;
  return db.prepare<[], DraftEntry>(sql).all();
}

export interface KeptDraft extends JournalChange {
  id: string;
  model: string | null;
  graph: ModelGraph;
  /** The version last seen; 0 for a new draft. */
  version: number;
}

/**
 * Stores the graph and replaces the journal from `from` on. Another draft of the same model makes room.
 * @returns the new version
 * @throws UnrollError `draft-changed` when the draft is not the one last seen, and nothing is written
 */
export function keepDraft(db: WritableDb, draft: KeptDraft): number {
  const { id, model, graph, from, steps, done } = draft;
  return transaction(db, () => {
    const sql = `SELECT version, (SELECT count(*) FROM draft_steps WHERE draft_id = id) AS steps FROM drafts WHERE id = ?`;
    const stored = db.prepare<[string], { version: number; steps: number }>(sql).get(id);
    if ((stored?.version ?? 0) !== draft.version || from > (stored?.steps ?? 0) || done > from + steps.length)
      throw new UnrollError('draft-changed', { name: graph.name });
    const version = draft.version + 1;
    db.prepare('DELETE FROM drafts WHERE model = ? AND id <> ?').run(model, id);
    db.prepare(
      `INSERT INTO drafts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET model = excluded.model,
       graph = excluded.graph, steps_done = excluded.steps_done, version = excluded.version, updated_at = excluded.updated_at`,
    ).run(id, model, JSON.stringify(graph), done, version, Date.now());
    db.prepare('DELETE FROM draft_steps WHERE draft_id = ? AND place >= ?').run(id, from);
    const insert = db.prepare('INSERT INTO draft_steps (draft_id, place, label, diff) VALUES (?, ?, ?, ?)');
    steps.forEach(({ label, diff }, i) => insert.run(id, from + i, label, JSON.stringify(diff)));
    return version;
  });
}

/** False when there is none with this id. */
export function removeDraft(db: WritableDb, id: string): boolean {
  return db.prepare('DELETE FROM drafts WHERE id = ?').run(id).changes > 0;
}
