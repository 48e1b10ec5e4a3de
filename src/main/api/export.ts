/** Exporting a run: what an exporter needs is gathered here, together with examples to verify its result with. */
import { decodeCheckpoint } from '../../shared/checkpoint.ts';
import type { Parsed } from '../../shared/contract/index.ts';
import type { Run, runsContract } from '../../shared/contract/runs.ts';
import type { Dataset } from '../../shared/data/dataset.ts';
import { idsFromRanks, padSequences, sequenceLength } from '../../shared/data/preprocess.ts';
import { engineChoiceSchema } from '../../shared/training.ts';
import { exporterFor } from '../exporters/index.ts';
import type { Probe } from '../exporters/exporter.ts';
import { requireFolderOf } from '../exporters/place.ts';
import type { JobContext } from '../jobs.ts';
import { readCheckpoint } from '../store/checkpoints.ts';
import { pieceEntries, readPiece } from '../store/dataset-content.ts';
import { datasetById } from '../store/datasets.ts';
import { readTrainedRun } from '../trained-run.ts';
import type { Context, Handlers } from './handlers.ts';

type Own = Pick<typeof runsContract, 'runs.export'>;

/** Examples predicted on both sides to verify an export. */
const PROBED = 8;

export function exportHandlers(context: Context): Handlers<Own> {
  return {
    'runs.export': async (input) => {
      const run = readTrainedRun(context.db, input.run, 'export');
      await requireFolderOf(input.path);
      return context.jobs.start(`Export ${run.name}`, (job) => exportRun(context, run, input, job));
    },
  };
}

async function exportRun(context: Context, run: Run, input: Parsed<'runs.export'>, job: JobContext) {
  const { format, path, checkpoint: which } = input;
  const exporter = exporterFor(format);
  if (!exporter.needsWeights) {
    const written = await exporter.write({ run, weights: [], probe: null }, path);
    return { format, ...written, unverified: 'Code is written, not run.' };
  }
  const { data: checkpoint } = readCheckpoint(context.db, run.id, which);
  const probe = await makeProbe(context, run, checkpoint, job);
  const { weights } = decodeCheckpoint(checkpoint);
  const written = await exporter.write({ run, weights, probe }, path);
  const unverified = written.verified ? null : 'The data holds no ids to compare predictions on.';
  return { format, ...written, unverified };
}

/** The first test examples (training ones where there are none) with our own predictions; null for data that is not tokens. */
async function makeProbe(
  { db, supervisor }: Context,
  run: Run,
  checkpoint: Uint8Array,
  job: JobContext,
): Promise<Probe | null> {
  const dataset = datasetById(db, run.dataset.id);
  const sequences = firstSequences(db, dataset, run);
  if (sequences.length === 0) return null;
  const maxlen = sequenceLength(run.preprocessing, dataset.longest);
  const preprocessing = { ...run.preprocessing, maxlen };
  const engine = engineChoiceSchema.catch('auto').parse(run.engine);
  const { graph, training, threads } = run;
  const { probabilities } = await supervisor.inference.predict(
    { graph, preprocessing, training, engine, threads, sequences, checkpoint },
    job,
  );
  const inputs = padSequences(sequences, maxlen, preprocessing);
  return { inputs, examples: sequences.length, maxlen, expected: probabilities };
}

function firstSequences(db: Context['db'], dataset: Dataset, run: Run): Int32Array[] {
  const { conventions } = dataset;
  if (dataset.kind !== 'tokens' || !conventions) return [];
  const split = dataset.testExamples > 0 ? 'test' : 'train';
  const [first] = pieceEntries(db, dataset.id, split);
  if (!first) return [];
  const { values, offsets } = readPiece(db, dataset.id, split, first.piece);
  return Array.from({ length: Math.min(PROBED, first.examples) }, (_, i) =>
    idsFromRanks(
      values.subarray(offsets[i], offsets[i + 1]) as Int32Array,
      run.preprocessing.num_words,
      conventions,
    ),
  );
}
