/**
 * Numeric sequences with a label each. Either a long table, one row a step: a series id, the step, the values, the
 * label (the same in all rows of a series); or JSON lines: `{"values": [[0.1, 2], [0.3, 1]], "label": 1}`, where values may
 * also be single numbers; or a NumPy archive (series-npz.ts).
 */
import { basename } from 'node:path';
import type { Example, Split } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { looksDelimited, readDelimited } from './delimited.ts';
import { nameFromPath, readBeginningText } from './files.ts';
import type { ImportContext, ImportedData, Importer } from './importer.ts';
import { firstObject, readJsonLines } from './json-lines.ts';
import { readLabels } from './labels.ts';
import { holdOut, kerasOrder } from './order.ts';
import type { LabelledSeries, SeriesRead } from './series-read.ts';
import { stepDoubts } from './series-steps.ts';
import { isSeriesArchive, readSeriesArchive } from './series-npz.ts';
import { columnNamed, findColumn, LABEL_NAMES, namedTwice, type Table } from './table.ts';

const ID_NAMES = ['id', 'series', 'series_id', 'sequence', 'sequence_id'];
const STEP_NAMES = ['step', 't', 'time', 'timestep', 'timestamp', 'index'];
/** The share of an import that reading takes, for the progress. */
const READING = 0.9;

export const series: Importer = {
  format: 'series',
  async match(path) {
    if (await isSeriesArchive(path)) return true;
    if (Array.isArray((await firstObject(path))?.['values'])) return true;
    const beginning = await readBeginningText(path, 1 << 16);
    if (!looksDelimited(beginning, [',', ';', '\t'])) return false;
    const columns = (beginning.split(/\r?\n/, 1)[0] ?? '').split(/[,;\t]/);
    const header: Table = { path, format: 'series', columns, rows: [] };
    return findColumn(header, ID_NAMES) >= 0 && findColumn(header, STEP_NAMES) >= 0;
  },
  async read(path, context) {
    if (await isSeriesArchive(path)) return describe(path, await readSeriesArchive(path, context));
    const json = (await firstObject(path)) !== null;
    return describe(path, await (json ? readObjects(path, context) : readLongTable(path, context)));
  },
};

function describe(path: string, { all, width, splits: given, doubts = [] }: SeriesRead): ImportedData {
  const unlabelled = all.find(({ label }) => !label.trim());
  if (unlabelled) throw new UnrollError('labels-missing', { path, line: unlabelled.line });
  const {
    task,
    classes,
    values,
    doubts: ofLabels,
  } = readLabels(
    all.map(({ label }) => label.trim()),
    path,
  );
  const splits = given ?? holdOut(all.length);
  const indicesOf = (split: Split) => splits.flatMap((own, index) => (own === split ? [index] : []));
  const indices = { train: indicesOf('train'), test: indicesOf('test') };
  const order = kerasOrder(indices.train.length, indices.test.length);

  async function* examples(): AsyncGenerator<Example> {
    for (const split of ['train', 'test'] as const) {
      for (const place of order[split]) {
        const index = indices[split][place] as number;
        const sequence = all[index] as LabelledSeries;
        yield { split, values: Float32Array.from(sequence.values), label: values[index] as number };
      }
    }
  }
  return {
    suggestedName: nameFromPath(path),
    kind: 'values',
    width,
    task,
    classes,
    conventions: null,
    vocabulary: [],
    hasTexts: false,
    source: { format: 'series', file: basename(path) },
    doubts: [...doubts, ...ofLabels],
    examples: examples(),
  };
}

function notNumeric(path: string, line: number, value: unknown): UnrollError {
  const reason = `${JSON.stringify(value)} is no number.`;
  return new UnrollError('input-invalid', { what: `Line ${line} of ${path}`, reason });
}

async function readObjects(path: string, context: ImportContext): Promise<SeriesRead> {
  const all: LabelledSeries[] = [];
  const { labelColumn } = context.options;
  let width = 0;
  for await (const { line, object } of readJsonLines(path, context, READING)) {
    const steps = object['values'];
    if (!Array.isArray(steps) || !steps.length)
      throw new UnrollError('text-missing', { path, place: `line ${line}` });
    const rows = steps.map((step: unknown) => (Array.isArray(step) ? (step as unknown[]) : [step]));
    width ||= rows[0]?.length ?? 0;
    if (!width || rows.some((row) => row.length !== width)) {
      const reason = `every step needs the ${width} numbers of the first.`;
      throw new UnrollError('input-invalid', { what: `Line ${line} of ${path}`, reason });
    }
    const values = rows.flat().map((value) => {
      if (typeof value !== 'number') throw notNumeric(path, line, value);
      return value;
    });
    const key = labelColumn ?? LABEL_NAMES.find((name) => name in object) ?? 'label';
    all.push({ values, label: String(object[key] ?? ''), line });
  }
  return { all, width };
}

/** @param labels whether there must be a column of them; without one each label is empty */
export async function readLongTable(
  path: string,
  context: ImportContext,
  labels: 'required' | 'optional' = 'required',
): Promise<SeriesRead> {
  const table = await readDelimited(path, 'series', context);
  const { labelColumn } = context.options;
  const id = required(table, ID_NAMES, 'id');
  const step = required(table, STEP_NAMES, 'step');
  const label =
    labelColumn !== undefined
      ? columnNamed(table, labelColumn)
      : labels === 'optional'
        ? findColumn(table, LABEL_NAMES)
        : required(table, LABEL_NAMES, 'label');
  const columns = table.columns.flatMap((_, column) => ([id, step, label].includes(column) ? [] : [column]));
  if (!columns.length) throw seriesColumnMissing(table, 'values');

  const steps = new Map<string, { at: number; values: number[]; label: string; line: number }[]>();
  for (const { cells, line } of table.rows) {
    const numberIn = (column: number): number => {
      const cell = cells[column]?.trim() ?? '';
      const number = Number(cell);
      if (cell === '' || !Number.isFinite(number)) throw notNumeric(path, line, cell);
      return number;
    };
    const row = {
      at: numberIn(step),
      values: columns.map(numberIn),
      label: cells[label]?.trim() ?? '',
      line,
    };
    const name = cells[id] ?? '';
    const rows = steps.get(name);
    if (rows) rows.push(row);
    else steps.set(name, [row]);
  }
  const all = [...steps].map(([name, rows]) => {
    const [first] = rows as [(typeof rows)[number]];
    const other = rows.find((row) => row.label !== first.label);
    if (other) {
      const reason = `series ${name} has the label ${first.label} and here ${other.label || 'none'}.`;
      throw new UnrollError('input-invalid', { what: `Line ${other.line} of ${path}`, reason });
    }
    rows.sort((a, b) => a.at - b.at);
    return { name, values: rows.flatMap(({ values }) => values), label: first.label, line: first.line };
  });
  const doubts = [...namedTwice(table, [id, step, label]), ...stepDoubts(steps)];
  return { all, width: columns.length, doubts };
}

function required(table: Table, names: readonly string[], role: string): number {
  const column = findColumn(table, names);
  if (column < 0) throw seriesColumnMissing(table, role);
  return column;
}

function seriesColumnMissing({ path, columns }: Table, role: string): UnrollError {
  return new UnrollError('series-column-missing', { role, path, columns: columns.join(', ') });
}
