/** The user's own models, by name. Built-in ones are code and never stored. */
import { modelGraphSchema, type ModelGraph } from '../../shared/graph/graph.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface StoredModel {
  name: string;
  graph: ModelGraph;
  /** Milliseconds since 1970. */
  updatedAt: number;
}

interface Row {
  name: string;
  graph: string;
  updated_at: number;
}

const fromRow = (row: Row): StoredModel => ({
  name: row.name,
  graph: modelGraphSchema.parse(JSON.parse(row.graph)),
  updatedAt: row.updated_at,
});

export function listModels(db: ReadableDb): StoredModel[] {
  const sql = 'SELECT name, graph, updated_at FROM models WHERE removed_at IS NULL ORDER BY name';
  return db.prepare<[], Row>(sql).all().map(fromRow);
}

export function findModel(db: ReadableDb, name: string): StoredModel | null {
  const sql = 'SELECT name, graph, updated_at FROM models WHERE name = ? AND removed_at IS NULL';
  const row = db.prepare<[string], Row>(sql).get(name);
  return row ? fromRow(row) : null;
}

/** Creates the model or replaces the one of that name, also one in the bin. */
export function saveModel(db: WritableDb, name: string, graph: ModelGraph): StoredModel {
  const updatedAt = Date.now();
  db.prepare(
    `INSERT INTO models (name, graph, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET graph = excluded.graph, updated_at = excluded.updated_at, removed_at = NULL`,
  ).run(name, JSON.stringify(graph), updatedAt);
  return { name, graph, updatedAt };
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
