/** All importers, in the order in which a file is shown to them. */
import { UnrollError } from '../../shared/errors.ts';
import { aclImdb } from './aclimdb.ts';
import { csv, tsv } from './csv.ts';
import { kindOfPath } from './files.ts';
import type { DataFormat, Importer } from './importer.ts';
import { jsonl } from './jsonl.ts';
import { kerasNpz } from './keras-npz.ts';
import { series } from './series.ts';

export const importers: readonly Importer[] = [series, kerasNpz, aclImdb, jsonl, tsv, csv];

/**
 * The importer for a file or folder: the one of the format named, or the first that recognises it.
 * @throws UnrollError `file-missing`, `file-format-unknown`
 */
export async function findImporter(path: string, format: DataFormat | 'auto'): Promise<Importer> {
  await kindOfPath(path);
  for (const importer of importers) {
    if (format === 'auto' ? await importer.match(path) : importer.format === format) return importer;
  }
  throw new UnrollError('file-format-unknown', { path });
}
