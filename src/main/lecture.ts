/** The lecture from one click: its data, or the nearest there is, and both its models queued on the same split and seed. */
import type { Parsed } from '../shared/contract/index.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { UnrollError } from '../shared/errors.ts';
import { preprocessingSchema, trainingSchema } from '../shared/training.ts';
import type { Context } from './api/handlers.ts';
import { generateDataset, importDataset } from './bring-data.ts';
import { findImdb } from './imdb.ts';
import type { JobContext } from './jobs.ts';
import { planRun, requireEngineOf } from './plan-run.ts';
import { datasetByName, findDataset } from './store/datasets.ts';

const MODELS = ['lecture-simple-rnn', 'lecture-lstm'];
/** The corpus generated where there is no IMDB. */
const CORPUS = { task: 'sentiment', name: 'generated-reviews', examples: 5000, length: 60, seed: 1 } as const;

export interface FollowedLecture {
  /** The name of the data set used. */
  dataset: string;
  /** The ids of the runs, SimpleRNN first. */
  runs: string[];
}

/** @throws UnrollError whatever importing or starting throws; `imdb-missing`, `cancelled` */
export async function followLecture(
  context: Context,
  { source, file, wordIndex, limit, epochs }: Parsed<'lecture.follow'>,
  job: JobContext,
): Promise<FollowedLecture> {
  const dataset = await lectureData(context, { source, file, wordIndex }, job);
  job.signal.throwIfAborted();
  const { num_words, maxlen } = preprocessingSchema.parse({});
  // Sequences shorter than the lecture's reviews are not padded to their length: it would only cost time.
  const preprocessing = preprocessingSchema.parse({
    num_words,
    maxlen: Math.min(maxlen ?? Infinity, dataset.longest),
  });
  const training = trainingSchema.parse({ limit, epochs });
  const { db, supervisor } = context;
  const plans = MODELS.map((model) => {
    const asked = { model, data: dataset.name, preprocessing, training, threads: null };
    return planRun(db, { ...asked, lossFromData: false, engine: 'auto' });
  });
  for (const plan of plans) await requireEngineOf(plan, supervisor.inference.nodePath);
  return { dataset: dataset.name, runs: plans.map((plan) => supervisor.start(plan).id) };
}

/**
 * The corpus where it is asked for; else the file given, else IMDB from the workspace, else from Keras's folder, else the
 * corpus where any data will do.
 */
async function lectureData(
  context: Context,
  given: Pick<Parsed<'lecture.follow'>, 'source' | 'file' | 'wordIndex'>,
  job: JobContext,
): Promise<Dataset> {
  const { db } = context;
  const corpus = () => findDataset(db, CORPUS.name) ?? generateDataset(context, CORPUS, job);
  if (given.source === 'generated') return corpus();
  const found = findImdb(db);
  if (given.file === undefined && found.dataset !== null) return datasetByName(db, found.dataset);
  const path = given.file ?? found.file;
  if (path === null && given.source === 'imdb') throw new UnrollError('imdb-missing');
  if (path === null) return corpus();
  const wordIndex = given.wordIndex ?? (given.file === undefined ? found.wordIndex : null);
  return importDataset(context, { path, format: 'auto', ...(wordIndex === null ? {} : { wordIndex }) }, job);
}
