/** Tables of texts, whatever file they came from: which columns hold text and label, and what is made of the rows. */
import { basename } from 'node:path';
import type { Split } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { nameFromPath } from './files.ts';
import type { DataFormat, ImportContext, ImportedData } from './importer.ts';
import { readLabels } from './labels.ts';
import { holdOut } from './order.ts';
import { importTexts, type LabelledTexts } from './texts.ts';

export interface Table {
  path: string;
  format: DataFormat;
  columns: string[];
  /** Cells by column; `line` is where the row begins in the file, from 1. */
  rows: Row[];
}
export interface Row {
  line: number;
  cells: string[];
}

export const TEXT_NAMES = [
  'text',
  'review',
  'content',
  'sentence',
  'comment',
  'body',
  'message',
  'tweet',
  'document',
];
export const LABEL_NAMES = [
  'label',
  'sentiment',
  'class',
  'target',
  'category',
  'polarity',
  'rating',
  'stars',
  'score',
  'y',
];
const SPLIT_NAMES = ['split', 'set', 'partition'];

/** Rows that content is judged by. */
const SAMPLE = 500;
/** A column with more different values than this is no label, unless it is called one. */
const MOST_LABELS = 50;

/**
 * The rows of a table as labelled texts. Without a split column 20 % are held out for the test.
 * @throws UnrollError `column-missing`, `column-unknown`, `labels-missing`, `labels-one-class`, `text-missing`, `data-empty`
 */
export function importTable(table: Table, context: ImportContext, from: number): Promise<ImportedData> {
  const { path, rows } = table;
  if (!rows.length) throw new UnrollError('data-empty', { what: path, least: 2 });
  const { textColumn, labelColumn } = context.options;
  const text = textColumn === undefined ? detectText(table, labelColumn) : columnNamed(table, textColumn);
  const label = labelColumn === undefined ? detectLabel(table, text) : columnNamed(table, labelColumn);
  refuseEmpty(table, text, label);
  const { task, classes, values, doubts } = readLabels(
    rows.map(({ cells }) => (cells[label] as string).trim()),
    path,
  );
  const texts = rows.map(({ cells }) => cells[text] as string);
  const columns = { textColumn: table.columns[text], labelColumn: table.columns[label] };
  const about = {
    suggestedName: nameFromPath(path),
    task,
    classes,
    source: { format: table.format, file: basename(path), ...columns },
    doubts: [...doubts, ...namedTwice(table, [text, label])],
  };
  return importTexts(bySplit(texts, values, splitsOf(table)), about, context, from);
}

function bySplit(
  texts: string[],
  labels: Float32Array,
  splits: readonly Split[],
): Record<Split, LabelledTexts> {
  const of = (split: Split): LabelledTexts => ({
    texts: texts.filter((_, row) => splits[row] === split),
    labels: labels.filter((_, row) => splits[row] === split),
  });
  return { train: of('train'), test: of('test') };
}

/** @throws UnrollError `column-unknown` when no column has this name */
export function columnNamed({ columns, path }: Table, name: string): number {
  const column = columns.indexOf(name);
  if (column < 0)
    throw new UnrollError('column-unknown', { column: name, path, columns: columns.join(', ') });
  return column;
}

/** Columns taken whose name another one has too. */
export function namedTwice({ columns }: Table, taken: readonly number[]): string[] {
  const nameOf = (column: number) => columns[column]?.trim().toLowerCase();
  return taken.flatMap((column) =>
    columns.some((_, other) => other !== column && nameOf(other) === nameOf(column))
      ? [`There are several columns named ${columns[column]}; the first was taken.`]
      : [],
  );
}

/** The first column of one of these names, whatever their case; -1 when there is none. */
export function findColumn({ columns }: Table, names: readonly string[]): number {
  const lower = columns.map((column) => column.trim().toLowerCase());
  const found = names.find((name) => lower.includes(name));
  return found === undefined ? -1 : lower.indexOf(found);
}

/** The text column by its name, else the one whose cells have most words. */
function detectText(table: Table, labelColumn: string | undefined): number {
  const named = findColumn(table, TEXT_NAMES);
  if (named >= 0 && table.columns[named] !== labelColumn) return named;
  const words = table.columns.map((name, column) =>
    name === labelColumn ? 0 : mean(sample(table, column).map((cell) => cell.trim().split(/\s+/).length)),
  );
  const most = Math.max(...words);
  if (most < 2) throw columnMissing(table, 'text');
  return words.indexOf(most);
}

/** The label column by its name, else the one with the fewest different values, provided they recur. */
function detectLabel(table: Table, text: number): number {
  const named = findColumn(table, LABEL_NAMES);
  if (named >= 0 && named !== text) return named;
  const splitColumn = findColumn(table, SPLIT_NAMES);
  const distinct = table.columns.map((_, column) => {
    const cells = sample(table, column);
    const values = new Set(cells).size;
    const recur = values <= MOST_LABELS && values <= cells.length / 2;
    return column !== text && column !== splitColumn && recur && values > 1 ? values : Infinity;
  });
  const fewest = Math.min(...distinct);
  if (fewest === Infinity) throw columnMissing(table, 'label');
  return distinct.indexOf(fewest);
}

function sample({ rows }: Table, column: number): string[] {
  return rows.slice(0, SAMPLE).map(({ cells }) => cells[column] ?? '');
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}

function columnMissing({ columns, path }: Table, role: string): UnrollError {
  return new UnrollError('column-missing', { role, path, columns: columns.join(', ') });
}

function refuseEmpty({ rows, path }: Table, text: number, label: number): void {
  for (const { cells, line } of rows) {
    if (!cells[label]?.trim()) throw new UnrollError('labels-missing', { path, line });
    if (!cells[text]?.trim()) throw new UnrollError('text-missing', { path, place: `line ${line}` });
  }
}

/** A row's split by the split column (`test` is test, every other value train), else 20 % held out. */
export function splitsOf(table: Table): Split[] {
  const column = findColumn(table, SPLIT_NAMES);
  const named = table.rows.map(({ cells }) =>
    cells[column]?.trim().toLowerCase() === 'test' ? 'test' : 'train',
  );
  return named.includes('test') && named.includes('train') ? named : holdOut(table.rows.length);
}
