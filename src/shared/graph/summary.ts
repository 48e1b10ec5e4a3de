/**
 * Keras's `model.summary()`, as Keras 3 prints it on a terminal of 80 columns, so that what a lecture shows is what stands
 * here (keras/src/utils/summary_utils.py; the table is drawn by Python's rich).
 */
import { formatBytes, formatCount } from '../format.ts';
import { showShape } from '../layers/shapes.ts';
import { analyse } from './analyse.ts';
import type { ModelGraph } from './graph.ts';

/** The memory of float32 weights in Keras's words: `1.23 MB`, and with decimals even where there is nothing. */
function weightsSize(parameters: number): string {
  const bytes = 4 * parameters;
  return bytes < 1024 ? `${bytes.toFixed(2)} B` : formatBytes(bytes);
}

export interface SummaryRow {
  layer: string;
  type: string;
  shape: string;
  /** Null where it cannot be computed, by itself or because of a layer before it. */
  parameters: number | null;
  /** Names of the layers read, for models that are no chain. */
  inputs: readonly string[];
}

/** Whether the layers follow one another in one line, as in Keras's Sequential, whatever order they are listed in. */
export function isChain(graph: ModelGraph): boolean {
  const { order, output } = analyse(graph);
  const inputs = new Map(graph.nodes.map((node) => [node.id, node.inputs]));
  const linked = order.every((id, i) => inputs.get(id)!.join('\n') === (order[i - 1] ?? ''));
  return linked && output !== null && order.length === graph.nodes.length;
}

/** One row a layer, in order; the Input of a chain is left out, as Keras's Sequential does. */
export function summaryRows(graph: ModelGraph): SummaryRow[] {
  const { order, nodes } = analyse(graph);
  const chain = isChain(graph);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  return order.flatMap((id) => {
    const analysis = nodes.get(id);
    const { type, inputs } = byId.get(id)!;
    if (!analysis || (chain && type === 'Input')) return [];
    const shape = analysis.shape ? showShape(analysis.shape) : '?';
    const shown = type === 'Input' ? 'InputLayer' : type;
    const parameters = analysis.shape ? analysis.parameters : null;
    return [{ layer: id, type: shown, shape, parameters, inputs }];
  });
}

interface Column {
  title: string;
  width: number;
  right: boolean;
  cell: (row: SummaryRow) => string;
}

const column = (title: string, width: number, cell: Column['cell'], right = false): Column => ({
  title,
  width,
  right,
  cell,
});

const layerCell = ({ layer, type }: SummaryRow): string => `${layer} (${type})`;
const shapeCell = ({ shape }: SummaryRow): string => shape;
const countCell = ({ parameters }: SummaryRow): string =>
  parameters === null ? '?' : formatCount(parameters);
const inputsCell = ({ inputs }: SummaryRow): string => inputs.map((id) => `${id}[0][0]`).join(', ') || '-';

const SEQUENTIAL: readonly Column[] = [
  column('Layer (type)', 31, layerCell),
  column('Output Shape', 22, shapeCell),
  column('Param #', 13, countCell, true),
];

const FUNCTIONAL: readonly Column[] = [
  column('Layer (type)', 19, layerCell),
  column('Output Shape', 17, shapeCell),
  column('Param #', 10, countCell, true),
  column('Connected to', 17, inputsCell),
];

/** Whole words to lines of at most `width`; a longer word is cut and ends in `…`. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
}

/** The lines of one row of the table. */
function drawRow(texts: readonly string[], columns: readonly Column[], bar: string): string[] {
  const cells = columns.map(({ width }, i) => wrap(texts[i]!, width));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const padded = columns.map(({ width, right }, i) => {
      const text = cells[i]![line] ?? '';
      return ` ${right ? text.padStart(width) : text.padEnd(width)} `;
    });
    return `${bar}${padded.join(bar)}${bar}`;
  });
}

/** The whole text: the model's kind, the table and the totals. */
export function summaryTable(graph: ModelGraph): string {
  const chain = isChain(graph);
  const columns = chain ? SEQUENTIAL : FUNCTIONAL;
  const rows = summaryRows(graph);
  const rule = (left: string, middle: string, right: string, dash: string): string =>
    left + columns.map(({ width }) => dash.repeat(width + 2)).join(middle) + right;
  const separator = rule('├', '┼', '┤', '─');
  const body = rows.flatMap((row, i) => {
    const lines = drawRow(
      columns.map(({ cell }) => cell(row)),
      columns,
      '│',
    );
    return i === 0 ? lines : [separator, ...lines];
  });
  return [
    `Model: "${chain ? 'sequential' : 'functional'}"`,
    rule('┏', '┳', '┓', '━'),
    ...drawRow(
      columns.map(({ title }) => title),
      columns,
      '┃',
    ),
    rule('┡', '╇', '┩', '━'),
    ...body,
    rule('└', '┴', '┘', '─'),
    ...totals(rows),
  ].join('\n');
}

/** Keras's last lines; they say so where layers could not be counted. */
function totals(rows: readonly SummaryRow[]): string[] {
  const total = rows.reduce((sum, { parameters }) => sum + (parameters ?? 0), 0);
  const unknown = rows.filter(({ parameters }) => parameters === null).length;
  const words =
    unknown === 1 ? '1 layer that cannot be computed' : `${unknown} layers that cannot be computed`;
  const without = unknown === 0 ? '' : `, incomplete: without ${words}`;
  return [
    ` Total params: ${formatCount(total)} (${weightsSize(total)})${without}`,
    ` Trainable params: ${formatCount(total)} (${weightsSize(total)})`,
    ' Non-trainable params: 0 (0.00 B)',
  ];
}
