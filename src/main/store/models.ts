/** The user's own models and templates, by name, with every revision that was saved. Built-in ones are code and never stored. */
import { modelGraphSchema, type ModelGraph } from '../../shared/graph/graph.ts';
import { transaction, type ReadableDb, type WritableDb } from './database.ts';

export interface StoredModel {
  name: string;
  graph: ModelGraph;
  template: boolean;
  description: string;
  /** Milliseconds since 1970. */
  updatedAt: number;
}

interface Row {
  name: string;
  graph: string;
  template: number;
  description: string;
  updated_at: number;
}

const COLUMNS = 'name, graph, template, description, updated_at';

const fromRow = (row: Row): StoredModel => ({
  name: row.name,
  graph: modelGraphSchema.parse(JSON.parse(row.graph)),
  template: row.template === 1,
  description: row.description,
  updatedAt: row.updated_at,
});

export function listModels(db: ReadableDb): StoredModel[] {
  const sql = `SELECT ${COLUMNS} FROM models WHERE removed_at IS NULL ORDER BY name`;
  return db.prepare<[], Row>(sql).all().map(fromRow);
}

export function findModel(db: ReadableDb, name: string): StoredModel | null {
  const sql = `SELECT ${COLUMNS} FROM models WHERE name = ? AND removed_at IS NULL`;
  const row = db.prepare<[string], Row>(sql).get(name);
  return row ? fromRow(row) : null;
}

interface About {
  template?: boolean | undefined;
  description?: string | undefined;
}

/**
 * Creates the model or replaces the one of that name, also one in the bin. A graph that differs from the newest revision
 * becomes the next one. What is not said about the model stays as it is.
 */
export function saveModel(db: WritableDb, name: string, graph: ModelGraph, about: About = {}): StoredModel {
  return transaction(db, () => {
    const before = findModel(db, name);
    const template = about.template ?? before?.template ?? false;
    const description = about.description ?? before?.description ?? '';
    const updatedAt = Date.now();
    db.prepare(
      `INSERT INTO models (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET graph = excluded.graph, template = excluded.template,
       description = excluded.description, updated_at = excluded.updated_at, removed_at = NULL`,
    ).run(name, JSON.stringify(graph), Number(template), description, updatedAt);
    addRevision(db, name, graph, updatedAt);
    return { name, graph, template, description, updatedAt };
  });
}

function addRevision(db: WritableDb, name: string, graph: ModelGraph, createdAt: number): void {
  const text = JSON.stringify(graph);
  const sql = 'SELECT revision, graph FROM model_revisions WHERE model = ? ORDER BY revision DESC LIMIT 1';
  const newest = db.prepare<[string], { revision: number; graph: string }>(sql).get(name);
  if (newest?.graph === text) return;
  const insert = 'INSERT INTO model_revisions (model, revision, graph, created_at) VALUES (?, ?, ?, ?)';
  db.prepare(insert).run(name, (newest?.revision ?? 0) + 1, text, createdAt);
}

export interface StoredRevision {
  revision: number;
  graph: ModelGraph;
  createdAt: number;
}

/** The newest first. */
export function listRevisions(db: ReadableDb, name: string): StoredRevision[] {
  const sql =
    'SELECT revision, graph, created_at FROM model_revisions WHERE model = ? ORDER BY revision DESC';
  const rows = db.prepare<[string], { revision: number; graph: string; created_at: number }>(sql).all(name);
  return rows.map(({ revision, graph, created_at: createdAt }) => ({
    revision,
    graph: modelGraphSchema.parse(JSON.parse(graph)),
    createdAt,
  }));
}

/**
 * Renames a model, with its revisions and its draft; a model of the new name in the bin makes room. The new name is free,
 * and the model exists.
 */
export function renameModel(db: WritableDb, name: string, to: string): StoredModel {
  return transaction(db, () => {
    forgetRemoved(db, to);
    db.prepare('UPDATE models SET name = ? WHERE name = ?').run(to, name);
    db.prepare("UPDATE drafts SET graph = json_set(graph, '$.name', ?) WHERE model = ?").run(to, to);
    return saveModel(db, to, { ...findModel(db, to)!.graph, name: to });
  });
}

/** Makes room for another model: one of this name in the bin goes for good, and its draft is one of a model never saved. */
export function forgetRemoved(db: WritableDb, name: string): void {
  db.prepare('DELETE FROM models WHERE name = ? AND removed_at IS NOT NULL').run(name);
}

/** Puts a model in the bin; false when there is none of that name. */
export function removeModel(db: WritableDb, name: string): boolean {
  const sql = 'UPDATE models SET removed_at = ? WHERE name = ? AND removed_at IS NULL';
  return db.prepare(sql).run(Date.now(), name).changes > 0;
}

/** Takes a model out of the bin; false when it is not there. */
export function restoreModel(db: WritableDb, name: string): boolean {
  const sql = 'UPDATE models SET removed_at = NULL WHERE name = ? AND removed_at IS NOT NULL';
  return db.prepare(sql).run(name).changes > 0;
}
