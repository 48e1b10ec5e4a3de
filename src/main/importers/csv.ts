/** CSV and TSV files with a text and a label column. */
import { looksDelimited, readDelimited, READING } from './delimited.ts';
import { readBeginning } from './files.ts';
import type { Importer } from './importer.ts';
import { importTable } from './table.ts';

const BEGINNING = 1 << 16;

export const csv: Importer = {
  format: 'csv',
  match: async (path) => looksDelimited(await readBeginning(path, BEGINNING), [',', ';']),
  read: async (path, context) => importTable(await readDelimited(path, 'csv', context), context, READING),
};

export const tsv: Importer = {
  format: 'tsv',
  match: async (path) => looksDelimited(await readBeginning(path, BEGINNING), ['\t']),
  read: async (path, context) => importTable(await readDelimited(path, 'tsv', context), context, READING),
};
