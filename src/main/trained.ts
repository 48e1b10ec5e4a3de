/** A trained run as exporters take it: a checkpoint with the data it was trained on, and examples to verify an export with. */
import { decodeCheckpoint, encodeCheckpoint, type NamedArray } from '../shared/checkpoint.ts';
import type { Run } from '../shared/contract/runs.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { idCount, idsFromRanks, padSequences, sequenceLength } from '../shared/data/preprocess.ts';
import { MersenneTwister } from '../shared/random/mersenne-twister.ts';
import { requireValid } from '../shared/graph/analyse.ts';
import type { ModelGraph } from '../shared/graph/graph.ts';
import type { JobBase } from '../shared/protocol.ts';
import { engineChoiceSchema } from '../shared/training.ts';
import type { Probe, Trained } from './exporters/exporter.ts';
import { beginning } from './import-model.ts';
import type { JobContext } from './jobs.ts';
import type { ReadableDb } from './store/database.ts';
import { readCheckpoint, type WhichCheckpoint } from './store/checkpoints.ts';
import { pieceEntries, readPiece, readPieces, readVocabulary } from './store/dataset-content.ts';
import { datasetById } from './store/datasets.ts';
import { findEvaluation } from './store/evaluations.ts';
import { epochMetricsAfter } from './store/metrics.ts';
import { writeRunFile } from './store/run-file.ts';
import type { Inference } from './training/inference.ts';

/** Examples predicted on both sides to verify an export. */
const PROBED = 8;

interface Sources {
  db: ReadableDb;
  /** Whether the examples go along, in a run file or beside a script. */
  withData: boolean;
  inference: Inference;
  job: JobContext;
}

/** @throws UnrollError `checkpoint-missing`, `checkpoint-damaged` */
export async function readTrained(run: Run, which: WhichCheckpoint, sources: Sources): Promise<Trained> {
  const { db, withData } = sources;
  const { data: checkpoint, epoch } = readCheckpoint(db, run.id, which);
  const { weights, slots, position } = decodeCheckpoint(checkpoint);
  const dataset = datasetById(db, run.dataset.id);
  const maxlen = sequenceLength(run.preprocessing, dataset.longest);
  const sequences = firstSequences(db, dataset, run);
  const evaluation = findEvaluation(db, run.id, which, 'test');
  return {
    run,
    checkpoint: { which, epoch },
    logs: logsOf(db, run, which, epoch),
    state: { position, weights: inGraphOrder(run.graph, weights), slots },
    dataset,
    vocabulary: readVocabulary(db, dataset.id),
    pieces: (split) => readPieces(db, dataset.id, split),
    withData,
    runFile: () => writeRunFile(db, run, withData),
    maxlen,
    evaluation: evaluation && { loss: evaluation.loss, acc: evaluation.acc, examples: evaluation.examples },
    probe: await makeProbe(run, dataset, sequences, maxlen, checkpoint, sources),
  };
}

/** Early stopping, where it is to, puts its best weights back at the end of training, in the last checkpoint. */
function logsOf(db: ReadableDb, { id, training, status }: Run, which: WhichCheckpoint, epoch: number) {
  const restored = which === 'last' && status === 'done' && training.early_stopping?.restore_best_weights;
  return restored ? null : (epochMetricsAfter(db, id, epoch - 1)[0]?.logs ?? null);
}

/** Checkpoints hold the weights in the order in which the model was built, which is the graph's. */
function inGraphOrder(graph: ModelGraph, weights: readonly NamedArray[]): NamedArray[] {
  const { order, nodes } = requireValid(graph);
  const byName = new Map(weights.map((array) => [array.name, array]));
  return order.flatMap((id) => nodes.get(id)!.weights.map(({ name }) => byName.get(`${id}/${name}`)!));
}

/** The first examples of the test split (of the training split where there is no other), prepared but not yet padded. */
function firstSequences(
  db: ReadableDb,
  dataset: Dataset,
  { preprocessing }: Run,
): (Int32Array | Float32Array)[] {
  const { id, kind, width, testExamples, conventions } = dataset;
  const split = testExamples > 0 ? 'test' : 'train';
  const [first] = pieceEntries(db, id, split);
  if (!first) return drawnSequences(dataset, preprocessing);
  const { values, offsets } = readPiece(db, id, split, first.piece);
  const each = kind === 'tokens' ? 1 : width;
  return Array.from({ length: Math.min(PROBED, first.examples) }, (_, i) => {
    const steps = values.subarray(each * offsets[i]!, each * offsets[i + 1]!);
    return kind === 'tokens'
      ? idsFromRanks(steps as Int32Array, preprocessing.num_words, conventions!)
      : steps;
  });
}

/** A run that came without its data is tried on sequences drawn at random, the same every time. */
function drawnSequences(
  { kind, width, longest, conventions, vocabularySize }: Dataset,
  { num_words }: Run['preprocessing'],
): (Int32Array | Float32Array)[] {
  const random = new MersenneTwister(PROBED);
  const limit = kind === 'tokens' ? idCount(num_words, conventions!, vocabularySize) : 0;
  return Array.from({ length: PROBED }, () => {
    const length = width * (1 + random.nextInterval(Math.max(0, longest - 1)));
    return kind === 'tokens'
      ? Int32Array.from({ length }, () => 1 + random.nextInterval(limit - 2))
      : Float32Array.from({ length }, () => 2 * random.nextDouble() - 1);
  });
}

async function makeProbe(
  run: Run,
  { kind, width }: Dataset,
  sequences: (Int32Array | Float32Array)[],
  maxlen: number,
  checkpoint: Uint8Array,
  { inference, job }: Sources,
): Promise<Probe | null> {
  if (sequences.length === 0) return null;
  const numbers = kind === 'tokens' ? null : width;
  const inputs = padSequences(sequences, maxlen, run.preprocessing, numbers ?? 1);
  const { probabilities } = await inference.predict(
    { ...settledBase(run, maxlen), sequences, width: numbers ?? 1, checkpoint },
    job,
  );
  return { inputs, examples: sequences.length, maxlen, width: numbers, expected: probabilities };
}

/** What the run was trained with; another engine must give the same numbers, so any that works will do. */
function settledBase({ graph, preprocessing, training, engine, threads }: Run, maxlen: number): JobBase {
  const known = engineChoiceSchema.catch('auto').parse(engine);
  return { graph, preprocessing: { ...preprocessing, maxlen }, training, engine: known, threads };
}

/** Predictions of another graph with weights of its own for the probe of a run. */
export async function predictProbe(
  run: Run,
  graph: ModelGraph,
  weights: readonly NamedArray[],
  { inputs, examples, maxlen, width }: Probe,
  { inference, job }: Pick<Sources, 'inference' | 'job'>,
): Promise<Float32Array> {
  const each = maxlen * (width ?? 1);
  const sequences = Array.from({ length: examples }, (_, i) => inputs.slice(i * each, (i + 1) * each));
  const { probabilities } = await inference.predict(
    {
      ...settledBase(run, maxlen),
      graph,
      sequences,
      width: width ?? 1,
      checkpoint: encodeCheckpoint({ position: beginning(0), weights: [...weights], slots: [] }),
    },
    job,
  );
  return probabilities;
}
