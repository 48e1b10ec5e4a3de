/** The rows of a file to score, read in a stream: one text or one JSON array a line, or a table with a column of texts. */
import { extname } from 'node:path';
import type { Parser } from 'csv-parse';
import { UnrollError } from '../../shared/errors.ts';
import type { PREDICTION_FORMATS } from '../../shared/contract/exchange.ts';
import { delimitedParser } from '../importers/delimited.ts';
import { streamText } from '../importers/files.ts';
import type { ImportContext } from '../importers/importer.ts';
import { readJsonLines } from '../importers/json-lines.ts';
import { readLongTable } from '../importers/series.ts';
import { TEXT_NAMES } from '../importers/table.ts';

export type RowFormat = (typeof PREDICTION_FORMATS)[number];

/** What is to be scored, and the fields it came with. */
export interface ScoringRow {
  /** From 1. */
  line: number;
  /** Null for a line with nothing on it, which has a row in the answers all the same: their lines are the file's. */
  content: string | number[] | null;
  /** The columns of a table, or the members of an object; empty for a plain line. */
  fields: Record<string, unknown>;
}

const LONGEST_LINE = 1 << 24;
const FORMATS: Readonly<Record<string, RowFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

/** What a file is by its ending: a text a line unless it says otherwise. */
export const formatOf = (path: string): RowFormat => FORMATS[extname(path).toLowerCase()] ?? 'text';

/**
 * @param textColumn the column that holds the texts; else the first with a name such as `text` or `review`
 * @param width numbers a step of a model of numbers, whose tables are long ones of series; null for a model of ids
 * @throws UnrollError `file-missing`, `file-malformed`, `file-too-large`, `text-column-missing`, `series-column-missing`, `input-invalid`, `cancelled`
 */
export function readRows(
  path: string,
  format: RowFormat,
  textColumn: string | undefined,
  context: ImportContext,
  width: number | null = null,
): AsyncGenerator<ScoringRow> {
  if (width !== null && (format === 'csv' || format === 'tsv')) return readSeries(path, width, context);
  if (format === 'csv' || format === 'tsv') return readTable(path, format, textColumn, context);
  if (format === 'jsonl') return readObjects(path, textColumn, width !== null, context);
  return readLines(path, format, context);
}

async function* readLines(
  path: string,
  format: 'text' | 'tokens',
  context: ImportContext,
): AsyncGenerator<ScoringRow> {
  let line = 0;
  let rest = '';
  for await (const portion of streamText(path, context, 1)) {
    const lines = (rest + portion).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE)
      throw new UnrollError('file-too-large', {
        path,
        reason: `line ${line + lines.length + 1} has no end.`,
      });
    for (const text of lines) yield lineRow(text, ++line, path, format);
  }
  if (rest !== '') yield lineRow(rest, line + 1, path, format);
}

function lineRow(given: string, line: number, path: string, format: 'text' | 'tokens'): ScoringRow {
  const text = given.replace(/\r$/, '');
  if (text.trim() === '') return { line, content: null, fields: format === 'text' ? { text } : {} };
  return { line, content: format === 'text' ? text : parseNumbers(text, path, line), fields: {} };
}

function parseNumbers(text: string, path: string, line: number): number[] {
  const numbers = numbersOf(tryJson(text));
  if (numbers) return numbers;
  throw new UnrollError('input-invalid', {
    what: `${path}, line ${line}`,
    reason: 'it is not a JSON array of numbers.',
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A list of numbers, or of steps that are lists of numbers; null for anything else. */
function numbersOf(value: unknown): number[] | null {
  if (!Array.isArray(value)) return null;
  const flat = value.flat() as unknown[];
  return flat.every((item) => typeof item === 'number') ? flat : null;
}

const NO_VALUES = 'the model reads series of numbers, and there is no list "values" of numbers.';

async function* readObjects(
  path: string,
  textColumn: string | undefined,
  isSeries: boolean,
  context: ImportContext,
): AsyncGenerator<ScoringRow> {
  for await (const { line, object } of readJsonLines(path, context, 1)) {
    if (isSeries) {
      const values = numbersOf(object.values ?? object.tokens);
      if (!values)
        throw new UnrollError('input-invalid', { what: `${path}, line ${line}`, reason: NO_VALUES });
      yield { line, content: values, fields: object };
      continue;
    }
    const tokens = textColumn === undefined ? numbersOf(object.tokens) : null;
    if (tokens) yield { line, content: tokens, fields: object };
    else {
      const column = textName(Object.keys(object), path, textColumn);
      yield { line, content: textIn(object[column]), fields: object };
    }
  }
}

/** Null for a cell with nothing in it. */
function textIn(value: unknown): string | null {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return value === null || value === undefined || text.trim() === '' ? null : text;
}

/** @throws UnrollError `text-column-missing` */
function textName(columns: readonly string[], path: string, textColumn: string | undefined): string {
  const found =
    textColumn === undefined
      ? columns.find((name) => TEXT_NAMES.includes(name.trim().toLowerCase()))
      : columns.find((name) => name === textColumn);
  if (found !== undefined) return found;
  const listed = columns.join(', ');
  const what =
    textColumn === undefined ? 'No text column was found' : `There is no column named ${textColumn}`;
  throw new UnrollError('text-column-missing', { what, path, columns: listed });
}

async function* readTable(
  path: string,
  format: 'csv' | 'tsv',
  textColumn: string | undefined,
  context: ImportContext,
): AsyncGenerator<ScoringRow> {
  const { parser, explain } = await delimitedParser(path, format, { longestRow: LONGEST_LINE, named: true });
  const fed = feed(parser, streamText(path, context, 1));
  try {
    let column: string | undefined;
    for await (const { record, info } of parser as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      column ??= textName(Object.keys(record), path, textColumn);
      yield { line: info.lines, content: textIn(record[column]), fields: record };
    }
    await fed;
  } catch (cause) {
    throw explain(cause);
  } finally {
    parser.destroy();
    await fed.catch(() => undefined);
  }
}

/** A row for each series of a long table, which is read whole: its rows may stand in any order. */
async function* readSeries(path: string, width: number, context: ImportContext): AsyncGenerator<ScoringRow> {
  const { all, width: columns } = await readLongTable(path, context, 'optional');
  if (columns !== width) {
    const reason = `the model reads ${width} numbers a step, and there are ${columns} columns of them.`;
    throw new UnrollError('input-invalid', { what: path, reason });
  }
  for (const { name = '', values, label, line } of all)
    yield { line, content: Array.from(values), fields: { id: name, ...(label && { label }) } };
}

/** Hands the file's text on as fast as it is taken. */
async function feed(parser: Parser, portions: AsyncIterable<string>): Promise<void> {
  // One listener for the whole file, not one for every wait.
  let goOn = (): void => undefined;
  for (const event of ['drain', 'close']) parser.on(event, () => goOn());
  try {
    for await (const portion of portions) {
      if (parser.destroyed) return;
      if (!parser.write(portion)) await new Promise<void>((resolve) => (goOn = resolve));
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}
