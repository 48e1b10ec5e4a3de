/** Reads delimited files (CSV, TSV) into a table, quoted cells and byte order mark included. */
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Options, type Parser } from 'csv-parse';
import { UnrollError } from '../../shared/errors.ts';
import { kindOfPath, readBeginningText, streamText } from './files.ts';
import type { ImportContext } from './importer.ts';
import { LABEL_NAMES, TEXT_NAMES, type Row, type Table } from './table.ts';

/** The share of an import that reading takes, for the progress. */
export const READING = 0.4;

const LONGEST_ROW = 1 << 20;
const BEGINNING = 1 << 16;

/** Whether this is the beginning of a text whose first line holds one of the delimiters. */
export function looksDelimited(beginning: string, delimiters: readonly string[]): boolean {
  if (beginning.includes('\0')) return false;
  const line = firstLine(beginning);
  return delimiters.some((delimiter) => line.includes(delimiter));
}

function firstLine(beginning: string): string {
  return beginning.split(/\r?\n/, 1)[0] ?? '';
}

/** @throws UnrollError `file-missing`, `file-malformed`, `file-too-large`, `data-empty`, `cancelled` */
export async function readDelimited(
  path: string,
  format: Table['format'],
  context: ImportContext,
): Promise<Table> {
  if ((await kindOfPath(path)) === 'folder') throw new UnrollError('file-format-unknown', { path });
  const rows: Row[] = [];
  const { parser, explain } = await delimitedParser(path, format, { longestRow: LONGEST_ROW });
  try {
    await pipeline(streamText(path, context, READING), parser, async (records: AsyncIterable<Parsed>) => {
      let line = 1;
      for await (const { record, info } of records) {
        rows.push({ line, cells: record });
        line = info.lines + 1;
      }
    });
  } catch (error) {
    throw explain(error);
  }
  return withHeader(rows, path, format, context);
}

interface Parsed {
  record: string[];
  info: { lines: number };
}

export interface DelimitedParser {
  parser: Parser;
  /** What the parser found wrong, in the catalogue's words; any other error as it is. */
  explain: (error: unknown) => unknown;
}

/**
 * A parser of delimited text that gives each row with the line it ends on.
 * @param options.longestRow in characters
 * @param options.named rows as objects by the names in the first one, and of any count of cells
 */
export async function delimitedParser(
  path: string,
  format: Table['format'],
  { longestRow, named = false }: { longestRow: number; named?: boolean },
): Promise<DelimitedParser> {
  /** Where the row begins that is being parsed. */
  let begins = 1;
  const options: Options = {
    bom: true,
    delimiter: await delimiterOf(path, format),
    info: true,
    max_record_size: longestRow,
    on_record: (parsed, { lines }) => {
      begins = lines + 1;
      return parsed;
    },
    relax_column_count: named,
    relax_quotes: true,
    skip_empty_lines: true,
  };
  if (named)
    options.columns = (header: string[]) => {
      begins = 2;
      return header;
    };
  const parser = parse(options);
  return { parser, explain: (error) => (error instanceof CsvError ? csvError(error, path, begins) : error) };
}

/** Tabs for TSV; for CSV the comma, or the semicolon where the first line has more of them. */
async function delimiterOf(path: string, format: Table['format']): Promise<string> {
  if (format === 'tsv') return '\t';
  const line = firstLine(await readBeginningText(path, BEGINNING));
  const count = (delimiter: string) => line.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/** @param line where the row begins */
function csvError(error: CsvError, path: string, line: number): UnrollError {
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    const reason = `the row at line ${line} is very long; perhaps a quotation mark is missing.`;
    return new UnrollError('file-too-large', { path, reason }, { cause: error });
  }
  const said = error as CsvError & { record?: unknown };
  const [reason, fix] =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? ['has a quotation mark that is never closed', 'Close it there, or take it away.']
      : Array.isArray(said.record)
        ? [
            `has ${said.record.length} cells, not as many as the first row`,
            'Correct that row; a cell that holds the delimiter needs quotation marks around it.',
          ]
        : ['cannot be parted into cells', 'Correct that row.'];
  const place = `the row at line ${line} ${reason}.`;
  return new UnrollError('file-malformed', { path, reason: place, fix }, { cause: error });
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
