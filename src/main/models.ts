/** All models there are: those that come with Unroll, which are code, and the user's own, which are stored. */
import type { ModelEntry } from '../shared/contract/models.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { UnrollError } from '../shared/errors.ts';
import { analyse, requireValid } from '../shared/graph/analyse.ts';
import { adaptToData, fitProblems } from '../shared/graph/data-fit.ts';
import type { ModelGraph } from '../shared/graph/graph.ts';
import { findTemplate, templates, type Template } from '../shared/graph/templates.ts';
import type { Preprocessing, TrainingConfig } from '../shared/training.ts';
import type { ReadableDb } from './store/database.ts';
import { findModel, listModels, type StoredModel } from './store/models.ts';

export const isBuiltIn = (name: string): boolean => findTemplate(name) !== null;

/** All weights of a model, or null while something is wrong with it. */
export function parametersOf(graph: ModelGraph): number | null {
  const { parameters, problems } = analyse(graph);
  return problems.length > 0 ? null : parameters;
}

function templateEntry(template: Template): ModelEntry {
  const parameters = parametersOf(template.graph);
  return { ...template, builtIn: true, template: true, parameters, updatedAt: null };
}

export function modelEntry(stored: StoredModel): ModelEntry {
  return { ...stored, title: stored.name, builtIn: false, parameters: parametersOf(stored.graph) };
}

/**
 * A model of the user's own.
 * @throws UnrollError `not-found`; `input-invalid` for a built-in one, which cannot be changed
 */
export function findOwn(db: ReadableDb, name: string): StoredModel {
  if (isBuiltIn(name))
    throw new UnrollError('input-invalid', {
      what: 'name',
      reason: `${name} is built in and stays as it is.`,
    });
  const stored = findModel(db, name);
  if (!stored) throw new UnrollError('not-found', { kind: 'model', name });
  return stored;
}

/** The built-in models, then the user's own by name. */
export function listAllModels(db: ReadableDb): ModelEntry[] {
  return [...templates.map(templateEntry), ...listModels(db).map(modelEntry)];
}

/** @throws UnrollError `not-found` */
export function readModel(db: ReadableDb, name: string): ModelEntry {
  const template = findTemplate(name);
  if (template) return templateEntry(template);
  const stored = findModel(db, name);
  if (!stored) throw new UnrollError('not-found', { kind: 'model', name });
  return modelEntry(stored);
}

export interface TrainableModel {
  name: string;
  graph: ModelGraph;
  parameters: number;
}

/**
 * The model to train on a data set. A template is fitted to it (steps, ids, output); one of the user's own is taken as it
 * is, unless it is asked to be fitted too.
 * @param model a name, or a whole graph
 * @throws UnrollError `not-found`, `model-invalid`, `model-data-mismatch` with the first problem and what mends it
 */
export function trainableModel(
  db: ReadableDb,
  model: string | ModelGraph,
  {
    dataset,
    preprocessing,
    training,
    fitToData = false,
  }: { dataset: Dataset; preprocessing: Preprocessing; training: TrainingConfig; fitToData?: boolean },
): TrainableModel {
  const entry = typeof model === 'string' ? readModel(db, model) : null;
  const given = entry?.graph ?? (model as ModelGraph);
  const fitted = entry?.template || fitToData;
  const graph = fitted ? adaptToData(given, dataset, preprocessing, !entry?.template) : given;
  const { parameters } = requireValid(graph);
  const [problem] = fitProblems(graph, dataset, preprocessing, training.loss);
  if (problem) {
    const { message: reason, fix } = problem;
    throw new UnrollError('model-data-mismatch', { model: graph.name, data: dataset.name, reason, fix });
  }
  return { name: entry?.name ?? graph.name, graph, parameters };
}
