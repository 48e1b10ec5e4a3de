/** Bringing data into the workspace: from a file, or generated. */
import type { GenerateInput, ImportInput } from '../shared/contract/data.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { UnrollError } from '../shared/errors.ts';
import type { Context } from './api/handlers.ts';
import { generateTask } from './importers/generated.ts';
import type { ImportedData } from './importers/importer.ts';
import { findImporter } from './importers/index.ts';
import type { JobContext } from './jobs.ts';
import type { ReadableDb } from './store/database.ts';
import { insertDataset } from './store/dataset-writer.ts';
import { findDataset, listDatasets } from './store/datasets.ts';

type Where = Pick<Context, 'db' | 'events'>;

/** @throws UnrollError whatever the importer finds wrong with the file, `name-taken`, `cancelled`, `workspace-full` */
export async function importDataset(
  where: Where,
  { path, name, format, ...options }: ImportInput,
  job: JobContext,
): Promise<Dataset> {
  refuseTakenName(where.db, name);
  const importer = await findImporter(path, format);
  const data = await importer.read(path, { options, ...job });
  return insert(where, name, data, job);
}

/** @throws UnrollError `name-taken`, `cancelled`, `workspace-full` */
export async function generateDataset(where: Where, input: GenerateInput, job: JobContext): Promise<Dataset> {
  refuseTakenName(where.db, input.name);
  return insert(where, input.name, await generateTask(input, job), job);
}

async function insert(
  { db, events }: Where,
  name: string | undefined,
  data: ImportedData,
  job: JobContext,
): Promise<Dataset> {
  const { doubts = [] } = data;
  const source = doubts.length > 0 ? { ...data.source, doubts } : data.source;
  const dataset = await insertDataset(db, name ?? freeName(db, data.suggestedName), { ...data, source }, job);
  events.emit('data.changed', { datasets: listDatasets(db) });
  return dataset;
}

/** Refused at once, not only after a long import. */
function refuseTakenName(db: ReadableDb, name: string | undefined): void {
  if (name !== undefined && findDataset(db, name))
    throw new UnrollError('name-taken', { kind: 'data set', name });
}

/** The first of `base`, `base-2`, `base-3`, … that no data set has. */
function freeName(db: ReadableDb, base: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!findDataset(db, name)) return name;
  }
}
