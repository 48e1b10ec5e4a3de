/** What charts draw, and reading it at an x. */
import type { FigureLine } from '../../shared/figures/figure.ts';
import type { Range } from '../../shared/figures/ticks.ts';

export interface Series extends Omit<FigureLine, 'colour' | 'faint'> {
  /** Unique in the chart. */
  id: string;
  /** What the box under the pointer calls it, where `label` says more than there is room for. */
  brief?: string;
  /** Written at the line's end; lines without it are not labelled (a run's training line beside its validation line). */
  endLabel?: string;
  /** Series colour from 1; the ninth is the first again. */
  colour: number;
}

export const SERIES_COLOURS = 8;

/** The token of a series colour. */
export function seriesToken(colour: number): string {
  return `--series-${((colour - 1) % SERIES_COLOURS) + 1}`;
}

/** The number of sorted values before the first that is `beyond`. */
function countUntil(sorted: readonly number[], beyond: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beyond(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The number of sorted values that are at most `x`. */
export function countUpTo(sorted: readonly number[], x: number): number {
  return countUntil(sorted, (value) => value > x);
}

/** The number of sorted values that are less than `x`. */
export function countBelow(sorted: readonly number[], x: number): number {
  return countUntil(sorted, (value) => value >= x);
}

/** The value at `x`, or of the nearest x before it; null where the series has not begun. */
export function valueAt(series: Series, x: number): number | null {
  return series.y[countUpTo(series.x, x) - 1] ?? null;
}

/** The x closest to `x` at which any series has a point; of two as close, the lower. */
export function nearestX(series: readonly Series[], x: number): number | null {
  let best: number | null = null;
  for (const { x: sorted } of series) {
    const after = countUpTo(sorted, x);
    for (const candidate of [sorted[after - 1], sorted[after]]) {
      if (candidate === undefined) continue;
      if (best === null || Math.abs(candidate - x) < Math.abs(best - x)) best = candidate;
    }
  }
  return best;
}

/** The next x of any series after `x` (step 1) or before it (step -1); null at the end. */
export function nextX(series: readonly Series[], x: number, step: 1 | -1): number | null {
  let best: number | null = null;
  for (const { x: sorted } of series) {
    const upTo = countUpTo(sorted, x);
    const before = sorted[upTo - 1] === x ? upTo - 2 : upTo - 1;
    const candidate = sorted[step > 0 ? upTo : before];
    if (candidate !== undefined && (best === null || (candidate - best) * step < 0)) best = candidate;
  }
  return best;
}

/** From the first x of any series to the last; null where there is none. */
export function xRange(series: readonly Series[]): Range | null {
  const filled = series.filter(({ x }) => x.length > 0);
  if (filled.length === 0) return null;
  return {
    min: Math.min(...filled.map(({ x }) => x[0]!)),
    max: Math.max(...filled.map(({ x }) => x.at(-1)!)),
  };
}

/** An exponential moving average that starts unbiased (as TensorBoard's smoothing): `weight` 0 changes nothing. */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  /** What the beginning, where nothing was summed yet, still takes part. */
  let bias = 1;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    sum = sum * weight + (1 - weight) * value;
    bias *= weight;
    return sum / (1 - bias);
  });
}
