/** CSV and TSV files with a text and a label column. */
import { extname } from 'node:path';
import { looksDelimited, readDelimited, READING } from './delimited.ts';
import { readBeginningText } from './files.ts';
import type { Importer } from './importer.ts';
import { importTable } from './table.ts';

const BEGINNING = 1 << 16;

/** By its first line, or by its name: a table of one column has no delimiter, and reading it says which column it lacks. */
async function matches(path: string, extension: string, delimiters: readonly string[]): Promise<boolean> {
  const beginning = await readBeginningText(path, BEGINNING);
  const named = extname(path).toLowerCase() === extension && !beginning.includes('\0');
  return named || looksDelimited(beginning, delimiters);
}

export const csv: Importer = {
  format: 'csv',
  match: (path) => matches(path, '.csv', [',', ';']),
  read: async (path, context) => importTable(await readDelimited(path, 'csv', context), context, READING),
};

export const tsv: Importer = {
  format: 'tsv',
  match: (path) => matches(path, '.tsv', ['\t']),
  read: async (path, context) => importTable(await readDelimited(path, 'tsv', context), context, READING),
};
