/** The lecture from one click: its data, or the nearest there is, and both its models queued on the same split and seed. */
import type { Parsed } from '../shared/contract/index.ts';
import type { Run } from '../shared/contract/runs.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { preprocessingSchema, trainingSchema } from '../shared/training.ts';
import type { Context } from './api/handlers.ts';
import { generateDataset, importDataset } from './bring-data.ts';
import { findImdb } from './imdb.ts';
import type { JobContext } from './jobs.ts';
import { planRun } from './plan-run.ts';
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

/** @throws UnrollError whatever importing or starting throws; `cancelled` */
export async function followLecture(
  context: Context,
  { file, wordIndex, limit, epochs }: Parsed<'lecture.follow'>,
  job: JobContext,
): Promise<FollowedLecture> {
  const dataset = await lectureData(context, { file, wordIndex }, job);
  job.signal.throwIfAborted();
  const { num_words, maxlen } = preprocessingSchema.parse({});
  // Sequences shorter than the lecture's reviews are not padded to their length: it would only cost time.
  const preprocessing = preprocessingSchema.parse({
    num_words,
    maxlen: Math.min(maxlen ?? Infinity, dataset.longest),
  });
  const training = trainingSchema.parse({ limit, epochs });
  const start = (model: string): Run =>
    context.supervisor.start(
      planRun(context.db, {
        model,
        data: dataset.name,
        preprocessing,
        training,
        lossFromData: false,
        engine: 'auto',
        threads: null,
      }),
    );
  return { dataset: dataset.name, runs: MODELS.map((model) => start(model).id) };
}

/** The file given, else IMDB from the workspace, else from Keras's folder, else the generated corpus. */
async function lectureData(
  context: Context,
  given: { file: string | undefined; wordIndex: string | undefined },
  job: JobContext,
): Promise<Dataset> {
  const { db } = context;
  const found = findImdb(db);
  if (given.file === undefined && found.dataset !== null) return datasetByName(db, found.dataset);
  const path = given.file ?? found.file;
  if (path === null) return findDataset(db, CORPUS.name) ?? generateDataset(context, CORPUS, job);
  const wordIndex = given.wordIndex ?? (given.file === undefined ? found.wordIndex : null);
  return importDataset(context, { path, format: 'auto', ...(wordIndex === null ? {} : { wordIndex }) }, job);
}
