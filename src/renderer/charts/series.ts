/** What charts draw. */
export interface Series {
  /** Unique in the chart. */
  id: string;
  /** What the hover box calls it. */
  label: string;
  /** Written at the line's end; lines without it are not labelled (a run's training line beside its validation line). */
  endLabel?: string;
  /** Sorted, as long as `y`. */
  x: readonly number[];
  y: readonly (number | null)[];
  /** Series colour, 1 to 8. */
  colour: number;
  dashed?: boolean;
  /** The baseline of a comparison. */
  thick?: boolean;
  /** The x of the point to ring: the best epoch. */
  marked?: number | null;
}

/** The value at `x`, or of the nearest x before it; null where the series has not begun. */
export function valueAt(series: Series, x: number): number | null {
  let low = 0;
  let high = series.x.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (series.x[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  const at = series.x[low];
  return at === undefined || at > x ? null : (series.y[low] ?? null);
}

/** All x at which any series has a point, sorted. */
export function allX(series: readonly Series[]): number[] {
  return [...new Set(series.flatMap(({ x }) => [...x]))].sort((a, b) => a - b);
}

/** The member of `sorted` closest to `x`. */
export function nearest(sorted: readonly number[], x: number): number | null {
  let best: number | null = null;
  for (const candidate of sorted)
    if (best === null || Math.abs(candidate - x) < Math.abs(best - x)) best = candidate;
  return best;
}

/** An exponential moving average that starts unbiased (as TensorBoard's smoothing): `weight` 0 changes nothing. */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  let count = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    sum = sum * weight + (1 - weight) * value;
    count++;
    return sum / (1 - weight ** count);
  });
}
