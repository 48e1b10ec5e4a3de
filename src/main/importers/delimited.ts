/** Reads delimited files (CSV, TSV) into a table, quoted cells and byte order mark included. */
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { UnrollError } from '../../shared/errors.ts';
import { kindOfPath, readBeginning, streamText } from './files.ts';
import type { ImportContext } from './importer.ts';
import { LABEL_NAMES, TEXT_NAMES, type Row, type Table } from './table.ts';

/** The share of an import that reading takes, for the progress. */
export const READING = 0.4;

const LONGEST_ROW = 1 << 20;
const BEGINNING = 1 << 16;

/** Whether these first bytes are text whose first line holds one of the delimiters. */
export function looksDelimited(beginning: Buffer, delimiters: readonly string[]): boolean {
  if (beginning.includes(0)) return false;
  const line = firstLine(beginning);
  return delimiters.some((delimiter) => line.includes(delimiter));
}

function firstLine(beginning: Buffer): string {
  return beginning.toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

/** @throws UnrollError `file-missing`, `file-damaged`, `file-too-large`, `data-empty`, `cancelled` */
export async function readDelimited(
  path: string,
  format: Table['format'],
  context: ImportContext,
): Promise<Table> {
  if ((await kindOfPath(path)) === 'folder') throw new UnrollError('file-format-unknown', { path });
  const rows: Row[] = [];
  const parser = parse({
    bom: true,
    delimiter: await delimiterOf(path, format),
    info: true,
    max_record_size: LONGEST_ROW,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  try {
    await pipeline(streamText(path, context, READING), parser, async (records: AsyncIterable<Parsed>) => {
      let line = 1;
      for await (const { record, info } of records) {
        rows.push({ line, cells: record });
        line = info.lines + 1;
      }
    });
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, path) : error;
  }
  return withHeader(rows, path, format, context);
}

interface Parsed {
  record: string[];
  info: { lines: number };
}

/** Tabs for TSV; for CSV the comma, or the semicolon where the first line has more of them. */
async function delimiterOf(path: string, format: Table['format']): Promise<string> {
  if (format === 'tsv') return '\t';
  const line = firstLine(await readBeginning(path, BEGINNING));
  const count = (delimiter: string) => line.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

function csvError(error: CsvError, path: string): UnrollError {
  const { lines } = error as CsvError & { lines?: number };
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    const reason = `the row at line ${lines} is longer than ${LONGEST_ROW} characters; perhaps a quotation mark is missing.`;
    return new UnrollError('file-too-large', { path, reason }, { cause: error });
  }
  return new UnrollError('file-damaged', { path, reason: `${error.message}.` }, { cause: error });
}

function withHeader(rows: Row[], path: string, format: Table['format'], { options }: ImportContext): Table {
  const [first, ...others] = rows;
  if (!first) throw new UnrollError('data-empty', { what: path, least: 2 });
  const names = [
    ...TEXT_NAMES,
    ...LABEL_NAMES,
    options.textColumn?.toLowerCase(),
    options.labelColumn?.toLowerCase(),
  ];
  const named = first.cells.some((cell) => names.includes(cell.trim().toLowerCase()));
  if (named || !first.cells.some((cell, column) => recurs(cell, column, others))) {
    return { path, format, columns: first.cells.map((cell) => cell.trim()), rows: others };
  }
  return { path, format, columns: first.cells.map((_, column) => String(column + 1)), rows };
}

/** A cell of the first row that comes again below it is data: the file has no header, its columns are 1, 2, … */
function recurs(cell: string, column: number, others: readonly Row[]): boolean {
  return cell.trim() !== '' && others.slice(0, 500).some(({ cells }) => cells[column] === cell);
}
