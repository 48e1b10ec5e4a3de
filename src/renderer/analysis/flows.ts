/** What is drawn of gradient and memory through time. */
import type { Flow, LayerFlow } from '../../shared/contract/analysis.ts';
import { quantile } from '../../shared/statistics/intervals.ts';
import type { Series } from '../charts/series.ts';
import type { Look } from './outcomes.ts';

/** The norms of one example from its first real step to its last. */
function normsOf(
  { norms, steps }: LayerFlow,
  row: number,
  { from, to }: Flow['examples'][number],
): Float32Array {
  return norms.subarray(row * steps + from, row * steps + to);
}

/**
 * The middle of the examples' norms at each number of steps before the last, and between which half of them lie. Where fewer
 * than half of the examples reach back that far, the line ends.
 */
export function normsBySteps(
  flow: Flow,
  layer: LayerFlow,
): { steps: number[]; middle: number[]; low: number[]; high: number[] } {
  const rows = flow.examples.map((example, row) => normsOf(layer, row, example));
  const longest = Math.max(0, ...rows.map((row) => row.length));
  const result = { steps: [] as number[], middle: [] as number[], low: [] as number[], high: [] as number[] };
  for (let before = longest - 1; before >= 0; before--) {
    const values = rows.flatMap((row) => (row.length > before ? [row[row.length - 1 - before]!] : []));
    if (values.length * 2 < rows.length) continue;
    values.sort((a, b) => a - b);
    result.steps.push(-before);
    result.middle.push(quantile(values, 0.5));
    result.low.push(quantile(values, 0.25));
    result.high.push(quantile(values, 0.75));
  }
  return result;
}

/** A line a recurrent layer; layers above the first are dashed where a run has several. */
export function normSeries(flow: Flow, { id, name, colour, mark = 0 }: Look): Series[] {
  return flow.layers.map((layer, i) => {
    const { steps, middle, low, high } = normsBySteps(flow, layer);
    const label = flow.layers.length > 1 ? `${name} ${layer.name}` : `${name} (${layer.cell})`;
    return {
      id: `${id} ${layer.name}`,
      label,
      endLabel: label,
      colour,
      mark,
      dashed: i > 0,
      x: steps,
      y: middle,
      ...(flow.examples.length > 1 ? { band: { low, high } } : {}),
    };
  });
}

export interface Reach {
  layer: string;
  cell: string;
  /** Middles over the examples: the norm at the last step, at the first real one, and first over last. */
  last: number;
  first: number;
  share: number;
}

export function reaches(flow: Flow): Reach[] {
  return flow.layers.map((layer) => {
    const rows = flow.examples.map((example, row) => normsOf(layer, row, example));
    const middle = (of: (row: Float32Array) => number) =>
      quantile(
        rows.map(of).sort((a, b) => a - b),
        0.5,
      );
    return {
      layer: layer.name,
      cell: layer.cell,
      last: middle((row) => row.at(-1)!),
      first: middle((row) => row[0]!),
      share: middle((row) => (row.at(-1)! === 0 ? 0 : row[0]! / row.at(-1)!)),
    };
  });
}

export interface Memory {
  /** What stands in the map: `states` or a gate's name. */
  name: string;
  /** steps x units, real steps only. */
  values: Float32Array;
  /** The value of the deepest colour; gates lie between 0 and 1, states on both sides of 0. */
  most: number;
  signed: boolean;
}

const BETWEEN_0_AND_1: ReadonlySet<string> = new Set(['input', 'forget', 'output', 'update', 'reset']);

/** What the first example left in a layer, step by step. */
export function memories(flow: Flow, layer: LayerFlow): Memory[] {
  const { from, to } = flow.examples[0]!;
  const cut = (values: Float32Array) => values.subarray(from * layer.units, to * layer.units);
  const states = { name: 'hidden state', values: cut(layer.states), signed: true };
  const gates = layer.gates.map(({ name, values }) => ({
    name: name === 'cell' ? 'cell state' : name === 'candidate' ? 'candidate' : `${name} gate`,
    values: cut(values),
    signed: !BETWEEN_0_AND_1.has(name),
  }));
  return [states, ...gates].map((memory) => ({
    ...memory,
    most: memory.signed ? memory.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6) : 1,
  }));
}
