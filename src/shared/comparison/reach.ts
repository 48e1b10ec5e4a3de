/** How the gradient of the loss reaches back through time, over several examples. */
import type { Flow, LayerFlow } from '../contract/analysis.ts';
import { formatCount, formatMetric, formatShare } from '../format.ts';
import { quantile } from '../statistics/intervals.ts';

/** What the loss is differentiated by: the hidden state h or, of a layer that has one, the cell state c. */
export type StateName = 'h' | 'c';

export function stateNames({ cellNorms }: Pick<LayerFlow, 'cellNorms'>): StateName[] {
  return cellNorms ? ['h', 'c'] : ['h'];
}

/** The norms of one example from its first real step to its last. */
function normsOf(
  { norms, cellNorms, steps }: LayerFlow,
  state: StateName,
  row: number,
  { from, to }: Flow['examples'][number],
): Float32Array {
  const all = state === 'c' ? cellNorms! : norms;
  return all.subarray(row * steps + from, row * steps + to);
}

/**
 * The middle of the examples' norms at each number of steps before the last, and between which half of them lie. Where fewer
 * than half of the examples reach back that far, the line ends.
 */
export function normsBySteps(
  flow: Flow,
  layer: LayerFlow,
  state: StateName,
): { steps: number[]; middle: number[]; low: number[]; high: number[] } {
  const rows = flow.examples.map((example, row) => normsOf(layer, state, row, example));
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
  state: StateName;
  /** Middles over the examples: the norm at the last step, at the first real one, and first over last; null where `last` is 0. */
  last: number;
  first: number;
  share: number | null;
  /** Over how many steps back, on average and in the middle of the examples, it halves; null where it does not shrink. */
  halving: number | null;
  /**
   * How many steps before the last `last` stands: 1 of a cell state that the last step's output does not see, as in the
   * lecture's LSTM, else 0.
   */
  from: number;
}

export function reaches(flow: Flow): Reach[] {
  return flow.layers.flatMap((layer) => stateNames(layer).map((state) => reachOf(flow, layer, state)));
}

function reachOf(flow: Flow, layer: LayerFlow, state: StateName): Reach {
  const { middle } = normsBySteps(flow, layer, state);
  const from = endsBefore(middle, state) ? 1 : 0;
  const rows = flow.examples
    .map((example, row) => normsOf(layer, state, row, example))
    .filter((row) => row.length > from);
  const lastOf = (row: Float32Array) => row.at(-1 - from)!;
  const middleOf = (values: number[]) =>
    quantile(
      values.sort((a, b) => a - b),
      0.5,
    );
  const last = middle.at(-1 - from) ?? 0;
  const ways = rows
    .filter((row) => lastOf(row) !== 0)
    .map((row) => ({ ratio: row[0]! / lastOf(row), steps: row.length - 1 - from }));
  const halvings = middleOf(ways.map(({ ratio, steps }) => (steps === 0 ? 0 : -Math.log2(ratio) / steps)));
  return {
    layer: layer.name,
    cell: layer.cell,
    state,
    last,
    first: middleOf(rows.map((row) => row[0]!)),
    share: last === 0 ? null : middleOf(ways.map(({ ratio }) => ratio)),
    halving: last > 0 && halvings > 0 ? 1 / halvings : null,
    from,
  };
}

/** Whether norms of dLoss/dc, in the order of time, are those of a cell state whose last value no output sees. */
export function endsBefore(norms: ArrayLike<number>, state: StateName): boolean {
  return state === 'c' && norms[norms.length - 1] === 0 && (norms[norms.length - 2] ?? 0) > 0;
}

/** How far back the loss reaches, a sentence a layer, and what that means. */
export function reachSentences(looked: readonly { name: string; flow: Flow }[]): string[] {
  const layers = looked.flatMap(({ name, flow }) => {
    const all = reaches(flow);
    return flow.layers.map((layer) => ({ run: name, all: all.filter((one) => one.layer === layer.name) }));
  });
  const all = layers.flatMap((layer) => layer.all);
  return [
    ...layers.map(({ run, all: of }) => `${run}, ${of[0]!.layer}: ${of.map(clause).join('; ')}.`),
    ...(all.some(({ halving }) => halving !== null) ? [HALVING_MEANS] : []),
    ...(all.some(({ last }) => last === 0) ? [ZERO_MEANS] : []),
    ...(all.some(({ last }) => !Number.isFinite(last)) ? [NO_NUMBER_MEANS] : []),
    ...(all.some(({ from }) => from > 0) ? [FROM_BEFORE_MEANS] : []),
  ];
}

const HALVING_MEANS =
  'The steps to a halving are the average over the whole way, in the middle of the examples: the more there are, the farther back stands what the loss still teaches.';
const ZERO_MEANS =
  'A norm of zero at the last step gives no ratio: the loss of at least half of these examples does not change with what the layer holds, because they are predicted with full certainty or its units are dead.';
const NO_NUMBER_MEANS = 'Where the gradient is no number, the weights have diverged.';
const FROM_BEFORE_MEANS =
  'Where no output sees the cell state of the last step, dLoss/dc is zero there and told from the step before.';

function clause({ state, last, first, share, halving }: Reach): string {
  const gradient = `dLoss/d${state}`;
  if (!Number.isFinite(last)) return `${gradient} is no number`;
  if (share === null) return `${gradient} is zero at the last step`;
  if (first === 0) return `${gradient} is exactly zero at the first step: it has died out on the way`;
  if (share === 1) return `${gradient} is as large at the first step as at the last`;
  if (halving === null)
    return `${gradient} does not fade: at the first step its norm is ${formatMetric(share)} times that at the last`;
  const left = share < 0.001 ? formatMetric(share) : formatShare(share);
  if (halving < 1) return `${gradient} falls to ${left} of its last norm at the first step`;
  const steps = halving < 10 ? halving.toFixed(1) : formatCount(Math.round(halving));
  return `${gradient} halves every ${steps} steps back, which leaves ${left} of its last norm at the first step`;
}
