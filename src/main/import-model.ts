/** Brings a model of another program into the workspace, with its weights, and lets training begin from them. */
import { basename } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, type TrainingPosition } from '../shared/checkpoint.ts';
import type { ModelEntry } from '../shared/contract/models.ts';
import { UnrollError } from '../shared/errors.ts';
import { requireValid } from '../shared/graph/analyse.ts';
import type { ModelGraph } from '../shared/graph/graph.ts';
import { readModel } from './importers/models/index.ts';
import type { ImportedModel } from './importers/models/model-importer.ts';
import type { JobContext } from './jobs.ts';
import { isBuiltIn, modelEntry } from './models.ts';
import { transaction, type ReadableDb, type WritableDb } from './store/database.ts';
import { findModelWeights, saveModelWeights } from './store/model-weights.ts';
import { saveModel } from './store/models.ts';

export interface BroughtModel {
  model: ModelEntry;
  /** Numbers in the weights that came with it; null where it came without. */
  weights: number | null;
  notes: string[];
}

/** @throws UnrollError as the readers; `name-taken` for the name of a built-in model. Nothing is kept of a model not understood. */
export async function importModel(
  db: WritableDb,
  path: string,
  givenName: string | undefined,
  job: JobContext,
): Promise<BroughtModel> {
  job.progress(null, 'Reading');
  const imported = await readModel(path);
  job.signal.throwIfAborted();
  const ownName = imported.graph.name.slice(0, 190);
  const name = givenName ?? (isBuiltIn(ownName) ? `${ownName}-imported` : ownName);
  if (isBuiltIn(name)) throw new UnrollError('name-taken', { kind: 'model', name });
  const data = encodeWeights(imported);
  const model = transaction(db, () => {
    const saved = saveModel(db, name, { ...imported.graph, name });
    saveModelWeights(db, name, data && { data, source: basename(path) });
    return modelEntry(saved);
  });
  const weights = imported.weights?.reduce((sum, array) => sum + array.data.length, 0) ?? null;
  return { model, weights, notes: imported.notes };
}

/** Imported weights as a checkpoint at the beginning; null where there are none. */
export function encodeWeights({ weights }: Pick<ImportedModel, 'weights'>): Uint8Array | null {
  return weights && encodeCheckpoint({ position: beginning(0), weights, slots: [] });
}

/** Where training stands before it began. */
export function beginning(learningRate: number): TrainingPosition {
  return {
    epoch: 0,
    batch: 0,
    iterations: 0,
    learningRate,
    sums: {},
    examples: 0,
    seconds: 0,
    callbacks: {},
  };
}

/**
 * The checkpoint a run of a model begins from: the imported weights of all layers that are as they were imported. Null where
 * the model has no weights of its own, or none that fit any more.
 */
export function initialCheckpoint(
  db: ReadableDb,
  model: string,
  graph: ModelGraph,
  learningRate: number,
): Uint8Array | null {
  const found = findModelWeights(db, model);
  if (!found) return null;
  const shapes = new Map<string, string>();
  for (const [id, { weights }] of requireValid(graph).nodes)
    for (const { name, shape } of weights) shapes.set(`${id}/${name}`, shape.join());
  const fitting = decodeCheckpoint(found.data).weights.filter(
    ({ name, shape }) => shapes.get(name) === shape.join(),
  );
  if (fitting.length === 0) return null;
  return encodeCheckpoint({ position: beginning(learningRate), weights: fitting, slots: [] });
}
