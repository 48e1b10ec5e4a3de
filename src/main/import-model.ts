/** Brings a model of another program into the workspace, with its weights, and lets training begin from them. */
import { basename } from 'node:path';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type Checkpoint,
  type NamedArray,
  type TrainingPosition,
} from '../shared/checkpoint.ts';
import { goesOn } from '../shared/compiled.ts';
import type { ModelEntry } from '../shared/contract/models.ts';
import { UnrollError } from '../shared/errors.ts';
import { requireValid } from '../shared/graph/analyse.ts';
import { modelGraphSchema, type ModelGraph } from '../shared/graph/graph.ts';
import type { Compiled, OptimizerConfig } from '../shared/training.ts';
import { slotOrder } from './exporters/keras/slots.ts';
import { readModel } from './importers/models/index.ts';
import type { ImportedModel } from './importers/models/model-importer.ts';
import type { JobContext } from './jobs.ts';
import { isBuiltIn, modelEntry } from './models.ts';
import { transaction, type ReadableDb, type WritableDb } from './store/database.ts';
import { draftOfModel } from './store/drafts.ts';
import { findModelWeights, hasWeights, saveModelWeights } from './store/model-weights.ts';
import { findModel, forgetRemoved, saveModel, type StoredModel } from './store/models.ts';

export interface BroughtModel {
  model: ModelEntry;
  /** Numbers in the weights that came with it; null where it came without. */
  weights: number | null;
  /** How it was compiled; null where the file does not say, or says what Unroll does not have. */
  compiled: Compiled | null;
  notes: string[];
}

/**
 * A model of the workspace is never replaced: without a name of its own given, a taken name is numbered, and a model that is
 * there already with the same weights is answered as it is.
 * @throws UnrollError as the readers; `name-taken` where the given name is. Nothing is kept of a model not understood.
 */
export async function importModel(
  db: WritableDb,
  path: string,
  givenName: string | undefined,
  job: JobContext,
): Promise<BroughtModel> {
  if (givenName !== undefined && isTaken(db, givenName))
    throw new UnrollError('name-taken', { kind: 'model', name: givenName });
  job.progress(null, 'Reading');
  const imported = await readModel(path);
  job.signal.throwIfAborted();
  const data = encodeImported(imported);
  const { model, place } = transaction(db, () => {
    const found =
      givenName === undefined ? placeFor(db, imported.graph, data) : { name: givenName, note: null };
    return {
      model: modelEntry(found.same ?? keep(db, found.name, imported.graph, data, path)),
      place: found,
    };
  });
  const weights = imported.weights?.reduce((sum, array) => sum + array.data.length, 0) ?? null;
  const notes = [...(place.note === null ? [] : [place.note]), ...imported.notes];
  return { model, weights, compiled: imported.compiled?.compiled ?? null, notes };
}

const isTaken = (db: ReadableDb, name: string): boolean => isBuiltIn(name) || findModel(db, name) !== null;

function keep(
  db: WritableDb,
  name: string,
  graph: ModelGraph,
  data: Uint8Array | null,
  path: string,
): StoredModel {
  forgetRemoved(db, name);
  const saved = saveModel(db, name, { ...graph, name });
  saveModelWeights(db, name, data && { data, source: basename(path) });
  return saved;
}

interface Place {
  name: string;
  /** The model that is there already; without one the name is free. */
  same?: StoredModel;
  /** A sentence where this is not simply the model's own name. */
  note: string | null;
}

/** Where an imported model belongs: at the first of its name, name-2, name-3, … that is free or is this very model. */
function placeFor(db: ReadableDb, graph: ModelGraph, data: Uint8Array | null): Place {
  const own = graph.name.slice(0, LONGEST_NAME);
  for (let number = 1; ; number++) {
    const name = number === 1 ? own : `${own}-${number}`;
    const same = sameModel(db, name, graph, data);
    if (same)
      return { name, same, note: `It is in the workspace already, as ${name}, and is not kept twice.` };
    if (isTaken(db, name)) continue;
    return { name, note: number === 1 ? null : `Another model is named ${own}, so this one is ${name}.` };
  }
}

/** Room for a number behind a name, which has at most 200 characters. */
const LONGEST_NAME = 190;

/** The model of this name where it has this graph and these weights, and no edits that were not saved hide it. */
function sameModel(
  db: ReadableDb,
  name: string,
  graph: ModelGraph,
  data: Uint8Array | null,
): StoredModel | undefined {
  const stored = findModel(db, name);
  if (!stored || stored.template) return undefined;
  const text = JSON.stringify(modelGraphSchema.parse({ ...graph, name }));
  const draft = draftOfModel(db, name)?.graph ?? stored.graph;
  if (JSON.stringify(stored.graph) !== text || JSON.stringify(draft) !== text) return undefined;
  return hasWeights(db, name, data) ? stored : undefined;
}

/** Imported weights as a checkpoint at the beginning; null where there are none. */
export function encodeWeights({ weights }: Pick<ImportedModel, 'weights'>): Uint8Array | null {
  return weights && encodeCheckpoint({ position: beginning(0), weights, slots: [] });
}

/** The same with what training goes on with. */
function encodeImported({ weights, compiled: state }: ImportedModel): Uint8Array | null {
  if (!weights || !state) return encodeWeights({ weights });
  const { compiled, slots } = state;
  const position = { ...beginning(compiled.optimizer.learning_rate), iterations: compiled.iterations };
  return encodeCheckpoint({ position, weights, slots, compiled });
}

/** How a model was compiled where it came from; null where it came from nowhere or was not. */
export function compiledOf(db: ReadableDb, model: string): Compiled | null {
  const found = findModelWeights(db, model);
  return (found && decodeCheckpoint(found.data).compiled) ?? null;
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

/** Shapes of all weights of a model, by `layer/variable`. */
function weightShapes(graph: ModelGraph): Map<string, string> {
  const shapes = new Map<string, string>();
  for (const [id, { weights }] of requireValid(graph).nodes)
    for (const { name, shape } of weights) shapes.set(`${id}/${name}`, shape.join());
  return shapes;
}

const fitting = ({ weights }: Checkpoint, shapes: ReadonlyMap<string, string>): NamedArray[] =>
  weights.filter(({ name, shape }) => shapes.get(name) === shape.join());

/**
 * What training a model begins from, as `initialCheckpoint` has it.
 * @throws UnrollError `model-invalid`
 */
export function beginningOf(
  db: ReadableDb,
  model: string,
  graph: ModelGraph,
): { source: string; anew: string[]; all: boolean } | null {
  const found = findModelWeights(db, model);
  if (!found) return null;
  const kept = new Set(fitting(decodeCheckpoint(found.data), weightShapes(graph)).map(({ name }) => name));
  const anew = [...requireValid(graph).nodes]
    .filter(([id, { weights }]) => weights.some(({ name }) => !kept.has(`${id}/${name}`)))
    .map(([id]) => id);
  return { source: found.source, anew, all: kept.size === 0 };
}

/**
 * The checkpoint a run of a model begins from: the imported weights of all layers that are as they were imported, and, where
 * that is all of them and the optimizer is the one they came with, what it had kept, so that training goes on as it would
 * have. Null where the model has no weights of its own, or none that fit any more.
 */
export function initialCheckpoint(
  db: ReadableDb,
  model: string,
  graph: ModelGraph,
  optimizer: OptimizerConfig,
): Uint8Array | null {
  const found = findModelWeights(db, model);
  if (!found) return null;
  const shapes = weightShapes(graph);
  const saved = decodeCheckpoint(found.data);
  const weights = fitting(saved, shapes);
  if (weights.length === 0) return null;
  const slots = weights.length === shapes.size ? keptSlots(saved, optimizer, shapes) : null;
  const position = beginning(optimizer.learning_rate);
  const { iterations } = slots ? saved.position : position;
  return encodeCheckpoint({ position: { ...position, iterations }, weights, slots: slots ?? [] });
}

/** What the optimizer had kept for every weight; null where that was another optimizer, but for its learning rate. */
function keptSlots(
  { compiled, slots }: Checkpoint,
  optimizer: OptimizerConfig,
  shapes: ReadonlyMap<string, string>,
): NamedArray[] | null {
  if (!compiled || !goesOn(compiled, optimizer)) return null;
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const due = slotOrder(optimizer, [...shapes.keys()]).map((name) => byName.get(name));
  return due.every((slot) => slot?.shape.join() === shapes.get(slot!.name.slice(slot!.name.indexOf('/') + 1)))
    ? (due as NamedArray[])
    : null;
}
