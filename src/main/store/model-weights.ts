/** Weights that came with an imported model: what it predicts with at once, and what training goes on from. */
import { UnrollError } from '../../shared/errors.ts';
import { sha256 } from './dataset-content.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface ModelWeights {
  /** An encoded checkpoint at its beginning. */
  data: Uint8Array;
  sha256: string;
  /** Name of the file they came from. */
  source: string;
}

/** Keeps the weights of a model in use, in place of those it had; null forgets them. */
export function saveModelWeights(
  db: WritableDb,
  model: string,
  weights: { data: Uint8Array; source: string } | null,
): void {
  db.prepare('DELETE FROM model_weights WHERE model = ?').run(model);
  if (!weights) return;
  const { data, source } = weights;
  db.prepare(
    'INSERT INTO model_weights (model, data, sha256, source, created_at) VALUES (?, ?, ?, ?, ?)',
  ).run(model, data, sha256(data), source, Date.now());
}

/** @returns null when the model has none. @throws UnrollError `file-damaged` when their SHA-256 differs */
export function findModelWeights(db: ReadableDb, model: string): ModelWeights | null {
  const sql = 'SELECT data, sha256, source FROM model_weights WHERE model = ?';
  const row = db.prepare<[string], ModelWeights>(sql).get(model);
  if (row && sha256(row.data) !== row.sha256)
    throw new UnrollError('file-damaged', { path: model, reason: 'its weights differ from their SHA-256.' });
  return row ?? null;
}

/** Whether a model has just these weights, intact; null asks whether it has none. */
export function hasWeights(db: ReadableDb, model: string, data: Uint8Array | null): boolean {
  const sql = 'SELECT data FROM model_weights WHERE model = ?';
  const row = db.prepare<[string], { data: Buffer }>(sql).get(model);
  return row && data ? row.data.equals(data) : !row && !data;
}
