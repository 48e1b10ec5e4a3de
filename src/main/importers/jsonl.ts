/** JSON lines with a text and a label: `{"text": "…", "label": "good"}`. */
import { extname } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';
import type { ImportContext, Importer } from './importer.ts';
import { firstObject, readJsonLines } from './json-lines.ts';
import { importTable, type Row, type Table } from './table.ts';

/** The share of an import that reading takes, for the progress. */
const READING = 0.4;
/** Of these names reading says what is wrong with the file. */
const JSON_NAMES = ['.jsonl', '.ndjson', '.json'];

export const jsonl: Importer = {
  format: 'jsonl',
  match: async (path) =>
    JSON_NAMES.includes(extname(path).toLowerCase()) || (await firstObject(path)) !== null,
  read: async (path, context) => importTable(await readTable(path, context), context, READING),
};

/** The objects as a table whose columns are all keys met, in the order they were met. */
async function readTable(path: string, context: ImportContext): Promise<Table> {
  const positions = new Map<string, number>();
  const rows: Row[] = [];
  for await (const { line, object } of readJsonLines(path, context, READING)) {
    const cells: string[] = [];
    for (const [key, value] of Object.entries(object)) {
      const column = positions.get(key) ?? positions.size;
      positions.set(key, column);
      cells[column] = cellOf(value);
    }
    rows.push({ line, cells: Array.from(cells, (cell) => cell ?? '') });
  }
  if (!rows.length) throw new UnrollError('data-empty', { what: path, least: 2 });
  return { path, format: 'jsonl', columns: [...positions.keys()], rows };
}

function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
