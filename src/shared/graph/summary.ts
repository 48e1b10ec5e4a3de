/** Keras's `model.summary()`: the same table, so that what a lecture shows is what stands here. */
import { showShape } from '../layers/shapes.ts';
import { analyse } from './analyse.ts';
import type { ModelGraph } from './graph.ts';

/** `1.23 MB`, as Keras writes the memory of float32 weights. */
export function weightsSize(parameters: number): string {
  let size = parameters * 4;
  for (const unit of ['B', 'KB', 'MB', 'GB', 'TB']) {
    if (size < 1024 || unit === 'TB') return `${unit === 'B' ? size.toFixed(2) : size.toFixed(2)} ${unit}`;
    size /= 1024;
  }
  return '';
}

/** `322,113`. */
export const thousands = (value: number): string => value.toLocaleString('en-US');

export interface SummaryRow {
  layer: string;
  type: string;
  shape: string;
  parameters: number;
  /** Names of the layers read, for models that are no chain. */
  inputs: readonly string[];
}

/** One row a layer, in order, the Input of a chain left out, as Keras's Sequential does. */
export function summaryRows(graph: ModelGraph): SummaryRow[] {
  const { order, nodes } = analyse(graph);
  const chain = isChain(graph);
  return order.flatMap((id) => {
    const analysis = nodes.get(id);
    const node = graph.nodes.find((one) => one.id === id)!;
    if (!analysis || (chain && node.type === 'Input')) return [];
    const type = node.type === 'Input' ? 'InputLayer' : node.type;
    return [
      {
        layer: id,
        type,
        shape: analysis.shape ? showShape(analysis.shape) : '?',
        parameters: analysis.parameters,
        inputs: node.inputs,
      },
    ];
  });
}

/** Whether every layer reads the one before it. */
export function isChain(graph: ModelGraph): boolean {
  return graph.nodes.every((node, i) =>
    i === 0
      ? node.inputs.length === 0
      : node.inputs.length === 1 && node.inputs[0] === graph.nodes[i - 1]!.id,
  );
}

/** Cuts a text to a column's width, as Keras's table does: the rest goes on the next lines. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (let rest = text; rest.length > 0;) {
    if (rest.length <= width) return [...lines, rest];
    const space = rest.lastIndexOf(' ', width);
    const at = space > 0 ? space : width;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return lines.length ? lines : [''];
}

interface Column {
  title: string;
  width: number;
  right: boolean;
  cell: (row: SummaryRow) => string;
}

const LAYER: Omit<Column, 'width'> = {
  title: 'Layer (type)',
  right: false,
  cell: ({ layer, type }) => `${layer} (${type})`,
};
const SHAPE: Omit<Column, 'width'> = { title: 'Output Shape', right: false, cell: ({ shape }) => shape };
const COUNT: Omit<Column, 'width'> = {
  title: 'Param #',
  right: true,
  cell: ({ parameters }) => thousands(parameters),
};
const CONNECTED: Omit<Column, 'width'> = {
  title: 'Connected to',
  right: false,
  cell: ({ inputs }) => (inputs.length ? inputs.map((id) => `${id}[0][0]`).join(', ') : '-'),
};

export function summaryTable(graph: ModelGraph): string {
  const chain = isChain(graph);
  const columns: Column[] = chain
    ? [
        { ...LAYER, width: 31 },
        { ...SHAPE, width: 24 },
        { ...COUNT, width: 15 },
      ]
    : [
        { ...LAYER, width: 21 },
        { ...SHAPE, width: 19 },
        { ...COUNT, width: 12 },
        { ...CONNECTED, width: 19 },
      ];
  const rows = summaryRows(graph);
  const line = (left: string, middle: string, right: string, dash: string) =>
    left + columns.map(({ width }) => dash.repeat(width + 2)).join(middle) + right;
  const cells = (texts: string[], bar: string) =>
    bar +
    texts
      .map(
        (text, i) =>
          ` ${columns[i]!.right ? text.padStart(columns[i]!.width) : text.padEnd(columns[i]!.width)} `,
      )
      .join(bar) +
    bar;
  const body = rows.map((row) => {
    const wrapped = columns.map((column) => wrap(column.cell(row), column.width));
    const height = Math.max(...wrapped.map(({ length }) => length));
    return Array.from({ length: height }, (_, i) =>
      cells(
        wrapped.map((lines) => lines[i] ?? ''),
        '│',
      ),
    ).join('\n');
  });
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  return [
    `Model: "${chain ? 'sequential' : 'functional'}"`,
    line('┏', '┳', '┓', '━'),
    cells(
      columns.map(({ title, width }) => title.padEnd(width)),
      '┃',
    ),
    line('┡', '╇', '┩', '━'),
    body.join(`\n${line('├', '┼', '┤', '─')}\n`),
    line('└', '┴', '┘', '─'),
    ` Total params: ${thousands(total)} (${weightsSize(total)})`,
    ` Trainable params: ${thousands(total)} (${weightsSize(total)})`,
    ' Non-trainable params: 0 (0.00 B)',
  ].join('\n');
}
