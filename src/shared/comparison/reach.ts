/** How the gradient of the loss reaches back through time, over several examples. */
import type { Flow, LayerFlow } from '../contract/analysis.ts';
import { quantile } from '../statistics/intervals.ts';

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
