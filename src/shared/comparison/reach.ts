/** How the gradient of the loss reaches back through time, over several examples. */
import type { Flow, LayerFlow } from '../contract/analysis.ts';
import type { Run } from '../contract/runs.ts';
import { formatCount, formatMetric, formatShare, withMinus } from '../format.ts';
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

/** What a line shows: the norms themselves, or each example's in parts of its own last one, whatever its loss is. */
export type Measure = 'share' | 'norm';

/** The middle of the examples at each number of steps before the last, and between which half of them lie. */
export interface NormLine {
  /** From the farthest (negative) to the last (0), or to the one before where no output sees the last cell state. */
  steps: number[];
  middle: number[];
  low: number[];
  high: number[];
  /** How many examples reach back so far, at each step. */
  examples: number[];
}

/**
 * The line that is drawn and that everything said of it is read from: the examples lie over each other at their last step.
 * Where fewer than half of them reach back that far, it ends. It is empty for shares where the middle of the last norms is 0.
 */
export function normsBySteps(flow: Flow, layer: LayerFlow, state: StateName, measure: Measure): NormLine {
  const rows = flow.examples.map((example, row) => normsOf(layer, state, row, example));
  const whole = lineOf(rows, 0);
  const lastAt = endsBefore(whole.middle, state) ? -1 : 0;
  const norms = lastAt === 0 ? whole : lineOf(rows, 1);
  if (measure === 'norm') return norms;
  if (norms.middle.at(-1) === 0) return lineOf([], 0);
  const lastOf = (row: Float32Array) => row.at(lastAt - 1) ?? 0;
  const shares = rows.filter((row) => lastOf(row) !== 0).map((row) => row.map((norm) => norm / lastOf(row)));
  return lineOf(shares, -lastAt);
}

/** @param nearest steps before the last at which the line begins */
function lineOf(rows: readonly Float32Array[], nearest: number): NormLine {
  const longest = Math.max(0, ...rows.map((row) => row.length));
  const line: NormLine = { steps: [], middle: [], low: [], high: [], examples: [] };
  for (let before = longest - 1; before >= nearest; before--) {
    const values = rows.flatMap((row) => (row.length > before ? [row[row.length - 1 - before]!] : []));
    if (values.length * 2 < rows.length) continue;
    values.sort((a, b) => a - b);
    line.steps.push(0 - before);
    line.middle.push(quantile(values, 0.5));
    line.low.push(quantile(values, 0.25));
    line.high.push(quantile(values, 0.75));
    line.examples.push(values.length);
  }
  return line;
}

export interface Reach {
  layer: string;
  cell: string;
  state: StateName;
  /** The middle of the examples' norms at the last step. */
  last: number;
  /** The farthest step of the line of shares, counted from the last (negative), and how many examples reach it. */
  farthest: number;
  reaching: number;
  /** What is left there of the last norm; null where that is 0. */
  share: number | null;
  /** Over how many steps back the share halves, on average from the last step to the farthest; null where it does not shrink. */
  halving: number | null;
  /** Where `last` stands: -1 of a cell state that the last step's output does not see, as in the lecture's LSTM, else 0. */
  lastAt: number;
}

export function reaches(flow: Flow): Reach[] {
  return flow.layers.flatMap((layer) => stateNames(layer).map((state) => reachOf(flow, layer, state)));
}

function reachOf(flow: Flow, layer: LayerFlow, state: StateName): Reach {
  const norms = normsBySteps(flow, layer, state, 'norm');
  const shares = normsBySteps(flow, layer, state, 'share');
  const lastAt = norms.steps.at(-1) ?? 0;
  const farthest = shares.steps[0] ?? lastAt;
  const share = shares.middle[0] ?? null;
  const halvings = share === null ? 0 : -Math.log2(share);
  return {
    ...{ layer: layer.name, cell: layer.cell, state },
    last: norms.middle.at(-1) ?? 0,
    farthest,
    reaching: shares.examples[0] ?? 0,
    share,
    halving: halvings > 0 ? (lastAt - farthest) / halvings : null,
    lastAt,
  };
}

/** Whether norms of dLoss/dc, in the order of time, are those of a cell state whose last value no output sees. */
export function endsBefore(norms: ArrayLike<number>, state: StateName): boolean {
  return state === 'c' && norms[norms.length - 1] === 0 && (norms[norms.length - 2] ?? 0) > 0;
}

export interface Looked {
  name: string;
  flow: Flow;
  run: Pick<Run, 'training' | 'best'>;
}

/** How far back the loss reaches, a sentence a layer, and what that means. */
export function reachSentences(looked: readonly Looked[]): string[] {
  const reached = looked.map(({ name, flow }) => ({ name, flow, all: reaches(flow) }));
  const layers = reached.flatMap(({ name, flow, all: own }) =>
    flow.layers.map((layer) => ({ run: name, all: own.filter((one) => one.layer === layer.name) })),
  );
  const all = reached.flatMap((one) => one.all);
  return [
    ...layers.map(({ run, all: of }) => `${run}, ${of[0]!.layer}: ${of.map(clause).join('; ')}.`),
    ...(all.some(({ halving }) => halving !== null) ? [HALVING_MEANS] : []),
    ...(looked.some(({ flow }) => flow.examples.length > 1) ? [LINE_MEANS] : []),
    ...handedOn(reached),
    ...looked.filter(guesses).map(({ name }) => `${name}: ${GUESSING_MEANS}`),
    ...(all.some(({ last }) => last === 0) ? [ZERO_MEANS] : []),
    ...(all.some(({ last }) => !Number.isFinite(last)) ? [NO_NUMBER_MEANS] : []),
    ...(all.some(({ lastAt }) => lastAt < 0) ? [FROM_BEFORE_MEANS] : []),
  ];
}

const HALVING_MEANS =
  'The steps to a halving are the average over the whole line: the more there are, the farther back stands what the loss still teaches.';
const LINE_MEANS =
  'Every example counts in parts of its own last norm; a line is the middle of those that reach so far back, and ends where fewer than half of them do.';
const HANDED_ON_MEANS =
  'that a SimpleRNN’s gradient hardly fades says that its recurrent weights hand it on, as those of a new layer do, and not that it remembers more: its accuracy on long sequences says that.';
const SLOWER_MEANS =
  'that a SimpleRNN’s gradient fades more slowly here than that of the layers with gates does not say that it remembers more: gates also learn to let go, and accuracy by sequence length says which model uses words far back.';
const GUESSING_MEANS =
  'its validation loss was never much below that of guessing, so its gradient is that of a model which has learnt next to nothing yet.';
const ZERO_MEANS =
  'A norm of zero at the last step gives no ratio: the loss of at least half of these examples does not change with what the layer holds, because they are predicted with full certainty or its units are dead.';
const NO_NUMBER_MEANS = 'Where the gradient is no number, the weights have diverged.';
const FROM_BEFORE_MEANS =
  'Where no output sees the cell state of the last step, dLoss/dc is zero there and told from the step before.';

const fadesOver = ({ share, halving }: Reach): number =>
  share === null || Number.isNaN(share) ? 0 : (halving ?? Infinity);

/** What is not to be concluded from a SimpleRNN whose gradient hardly fades, or more slowly than those of gated layers beside it. */
function handedOn(reached: readonly { name: string; all: readonly Reach[] }[]): string[] {
  const everyone = reached.flatMap(({ all }) => all);
  const ofGates = Math.max(0, ...everyone.filter(({ cell }) => cell !== 'SimpleRNN').map(fadesOver));
  const hardly = ({ share }: Reach) => share! > HARDLY;
  const slower = (one: Reach) => !hardly(one) && ofGates > 0 && fadesOver(one) > ofGates;
  return [
    { found: hardly, means: HANDED_ON_MEANS },
    { found: slower, means: SLOWER_MEANS },
  ].flatMap(({ found, means }) => {
    const told = (one: Reach) => one.cell === 'SimpleRNN' && one.farthest < 0 && (one.share ?? 0) > 0;
    const runs = reached.filter(({ all }) => all.some((one) => told(one) && found(one)));
    return runs.length > 0 ? [`${runs.map(({ name }) => name).join(', ')}: ${means}`] : [];
  });
}

/** More than this of the last norm left at the farthest step. */
const HARDLY = 0.5;

/** Guessing among n classes that are as many each costs ln n; a loss this near it has been learnt next to nothing by. */
const NEAR_GUESSING = 0.95;

/** False where guessing has no known cost, as of numbers. */
function guesses({ flow, run: { training, best } }: Looked): boolean {
  const loss = best['val_loss'] ?? best['loss'];
  if (loss === undefined || !training.loss.endsWith('crossentropy')) return false;
  const classes = Math.max(2, flow.examples[0]?.prediction.length ?? 0);
  return flow.layers.length > 0 && loss > NEAR_GUESSING * Math.log(classes);
}

function clause({ state, last, farthest, share, halving, lastAt }: Reach): string {
  const gradient = `dLoss/d${state}`;
  const there = formatStep(farthest);
  if (!Number.isFinite(last)) return `${gradient} is no number`;
  if (share === null) return `${gradient} is zero at the last step`;
  if (farthest === lastAt) return `${gradient} has one step only`;
  if (share === 0) return `${gradient} is exactly zero at ${there}: it has died out on the way`;
  if (share === 1) return `${gradient} is as large at ${there} as at the last step`;
  if (halving === null)
    return `${gradient} does not fade: at ${there} its norm is ${formatMetric(share)} times that at the last step`;
  const left = formatLeft(share);
  if (halving < 1) return `${gradient} falls to ${left} of its last norm at ${there}`;
  return `${gradient} halves every ${formatHalving(halving)} steps back, which leaves ${left} of its last norm at ${there}`;
}

/** `7.4`, `37`: steps to a halving. */
export function formatHalving(steps: number | null): string {
  return steps !== null && steps < 10 ? steps.toFixed(1) : formatCount(steps);
}

/** `−32`: a step counted from the last. */
export function formatStep(step: number): string {
  return withMinus(String(step));
}

/** What is left of the last norm: `4.9 %`, and of next to nothing `3.10e−6`. */
export function formatLeft(share: number | null): string {
  return share !== null && share < 0.001 && share > 0 ? formatMetric(share) : formatShare(share);
}
