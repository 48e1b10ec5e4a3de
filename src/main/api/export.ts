/** Exporting a run: what an exporter needs is gathered, its files are written, read back and put in their place. */
import { resolve } from 'node:path';
import type { Parsed } from '../../shared/contract/index.ts';
import type { Run, runsContract } from '../../shared/contract/runs.ts';
import { exporterFor } from '../exporters/index.ts';
import { requireFolderOf } from '../exporters/place.ts';
import { requireRoom } from '../exporters/room.ts';
import { writeExport } from '../exporters/write.ts';
import type { JobContext } from '../jobs.ts';
import { predictProbe, readTrained } from '../trained.ts';
import { readTrainedRun } from '../trained-run.ts';
import { chooseCheckpoint } from '../store/checkpoints.ts';
import type { Context, Handlers } from './handlers.ts';

type Own = Pick<typeof runsContract, 'runs.export'>;

export function exportHandlers(context: Context): Handlers<Own> {
  return {
    'runs.export': async (input) => {
      const run = readTrainedRun(context.db, input.run, 'export');
      await requireFolderOf(input.path);
      return context.jobs.start(`Export ${run.name}`, (job) => exportRun(context, run, input, job));
    },
  };
}

async function exportRun(
  { db, supervisor: { inference } }: Context,
  run: Run,
  { format, path, checkpoint, data: withData, replace }: Parsed<'runs.export'>,
  job: JobContext,
) {
  const exporter = exporterFor(format);
  // Told before anything is computed; whether files beside it are free is known when they are made.
  await requireRoom(exporter, resolve(path), replace);
  job.progress(null, 'Predicting examples');
  const chosen = chooseCheckpoint(db, run.id, checkpoint);
  const trained = await readTrained(run, chosen.which, { db, inference, job, withData });
  const exported = await writeExport(exporter, trained, { path, replace }, job, {
    nodePath: inference.nodePath,
    predict: (graph, weights, probe) => predictProbe(run, graph, weights, probe, { inference, job }),
  });
  return { format, checkpoint: chosen, ...exported };
}
