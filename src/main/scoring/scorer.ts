/** Whatever can score sequences: a run's checkpoint, a model with weights of its own, or a file that holds one. */
import type { Run } from '../../shared/contract/runs.ts';
import type { Conventions } from '../../shared/data/dataset.ts';
import { idCount, sequenceLength } from '../../shared/data/preprocess.ts';
import { UnrollError } from '../../shared/errors.ts';
import { requireValid } from '../../shared/graph/analyse.ts';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import type { PredictJob } from '../../shared/protocol.ts';
import { rankByWord } from '../../shared/text/tokenizer.ts';
import {
  engineChoiceSchema,
  preprocessingSchema,
  trainingSchema,
  type Preprocessing,
} from '../../shared/training.ts';
import { encodeWeights } from '../import-model.ts';
import { kindOfPath } from '../importers/files.ts';
import { isBundle, readBundle } from '../importers/models/bundle.ts';
import { readModel } from '../importers/models/index.ts';
import { isBuiltIn } from '../models.ts';
import {
  chooseCheckpoint,
  readCheckpoint,
  type CheckpointInfo,
  type WhichCheckpoint,
} from '../store/checkpoints.ts';
import { readVocabulary } from '../store/dataset-content.ts';
import type { ReadableDb } from '../store/database.ts';
import { datasetById } from '../store/datasets.ts';
import { findModelWeights } from '../store/model-weights.ts';
import { findModel } from '../store/models.ts';
import { readRun } from '../store/runs.ts';
import { existsSync } from 'node:fs';

export interface Scorer {
  name: string;
  /** All of a prediction but the sequences. */
  base: Omit<PredictJob, 'kind' | 'sequences' | 'width'>;
  /** How a text becomes ids; null where no words are known. */
  words: {
    conventions: Conventions;
    vocabulary: readonly string[];
    rankOf: ReadonlyMap<string, number>;
  } | null;
  /** Ids lie below this; null for a model that reads numbers. */
  idLimit: number | null;
  /** Numbers a step; 1 for ids. */
  width: number;
  /** Names of the classes in label order; empty where they are not known. */
  classes: readonly string[];
}

/**
 * The checkpoint that `findScorer` would read; null for a model, which has but one set of weights.
 * @throws UnrollError `checkpoint-missing`
 */
export function scoringCheckpoint(
  db: ReadableDb,
  source: string,
  wanted: WhichCheckpoint | undefined,
): Pick<CheckpointInfo, 'which' | 'epoch'> | null {
  if (findModel(db, source) && findModelWeights(db, source)) return null;
  const run = findRun(db, source);
  return run && chooseCheckpoint(db, run.id, wanted);
}

/**
 * @param source a run's id or name, a model's name, or a path
 * @param wanted of a run; left out, the best
 * @throws UnrollError `not-found`, `model-untrained`, `checkpoint-missing`, and what reading a file throws
 */
export async function findScorer(
  db: ReadableDb,
  source: string,
  wanted: WhichCheckpoint | undefined,
): Promise<Scorer> {
  const weights = findModel(db, source) && findModelWeights(db, source);
  if (weights) return fromModel(source, findModel(db, source)!.graph, weights.data);
  const run = findRun(db, source);
  if (run) return fromRun(db, run, wanted);
  if (isBuiltIn(source) || findModel(db, source))
    throw new UnrollError('model-untrained', { model: source, action: 'predict with' });
  if (existsSync(source)) return fromFile(source);
  throw new UnrollError('not-found', { kind: 'run', name: source });
}

function findRun(db: ReadableDb, idOrName: string): Run | null {
  try {
    return readRun(db, idOrName);
  } catch (error) {
    if (error instanceof UnrollError && error.code === 'not-found') return null;
    throw error;
  }
}

function fromRun(db: ReadableDb, run: Run, wanted: WhichCheckpoint | undefined): Scorer {
  const { which } = chooseCheckpoint(db, run.id, wanted);
  const { data: checkpoint } = readCheckpoint(db, run.id, which);
  const dataset = datasetById(db, run.dataset.id);
  const { graph, training, threads } = run;
  const preprocessing = { ...run.preprocessing, maxlen: sequenceLength(run.preprocessing, dataset.longest) };
  const engine = engineChoiceSchema.catch('auto').parse(run.engine);
  const vocabulary = readVocabulary(db, dataset.id);
  const { conventions, vocabularySize, classes, width } = dataset;
  return {
    name: run.name,
    base: { graph, preprocessing, training, engine, threads, checkpoint },
    words:
      conventions && vocabulary.length > 0
        ? { conventions, vocabulary, rankOf: rankByWord(vocabulary) }
        : null,
    idLimit: conventions && idCount(preprocessing.num_words, conventions, vocabularySize),
    width: conventions ? 1 : width,
    classes,
  };
}

/** Padded as the model asks: in front, to the length of its Input, or to the longest sequence given. */
const PADDED: Preprocessing = { num_words: null, maxlen: null, padding: 'pre', truncating: 'pre' };

function fromModel(name: string, graph: ModelGraph, checkpoint: Uint8Array): Scorer {
  const training = trainingSchema.parse({});
  const { nodes } = requireValid(graph);
  const vocabularies = graph.nodes
    .filter(({ type }) => type === 'Embedding')
    .map(({ id }) => Number(nodes.get(id)!.config.input_dim));
  const input = nodes.get(graph.nodes.find(({ type }) => type === 'Input')!.id)!;
  return {
    name,
    base: { graph, preprocessing: PADDED, training, engine: 'auto', threads: null, checkpoint },
    words: null,
    idLimit: vocabularies.length > 0 ? Math.min(...vocabularies) : null,
    width: input.shape!.length > 2 ? input.shape![2]! : 1,
    classes: [],
  };
}

async function fromFile(path: string): Promise<Scorer> {
  if ((await kindOfPath(path)) === 'file' && (await isBundle(path))) return fromBundle(path);
  const imported = await readModel(path);
  const checkpoint = encodeWeights(imported);
  if (!checkpoint) throw new UnrollError('model-untrained', { model: path, action: 'predict with' });
  return fromModel(imported.graph.name, imported.graph, checkpoint);
}

async function fromBundle(path: string): Promise<Scorer> {
  const bundle = await readBundle(path);
  const { conventions, classes, ...preprocessing } = bundle.preprocessing;
  const { vocabulary, graph } = bundle;
  const model = fromModel(graph.name, graph, encodeWeights(bundle)!);
  return {
    ...model,
    base: { ...model.base, preprocessing: preprocessingSchema.parse(preprocessing) },
    words:
      conventions && vocabulary.length > 0
        ? { conventions, vocabulary, rankOf: rankByWord(vocabulary) }
        : null,
    classes,
  };
}
