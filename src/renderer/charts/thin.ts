/**
 * Fewer points that look the same. Chart.js's own decimation averages gaps as if they were zeros; here each column of pixels
 * keeps its first, lowest, highest and last value, so that peaks and gaps both stay.
 */
import type { Range } from '../../shared/figures/ticks.ts';
import { countUpTo } from './series.ts';

export interface Point {
  x: number;
  /** NaN draws a gap. */
  y: number;
}

/** Up to this many points a column there is nothing to gain. */
const POINTS_KEPT = 4;

/** The places of a column's first, lowest, highest and last value, in order and each once. */
function extremes(y: readonly (number | null)[], first: number, end: number): number[] {
  let lowest = first;
  let highest = first;
  for (let index = first + 1; index < end; index++) {
    if (y[index]! < y[lowest]!) lowest = index;
    if (y[index]! > y[highest]!) highest = index;
  }
  const inOrder = lowest < highest ? [first, lowest, highest, end - 1] : [first, highest, lowest, end - 1];
  return inOrder.filter((index, place) => index !== inOrder[place - 1]);
}

/**
 * The points to draw within a range, with one neighbour to either side so that lines run on to the edge.
 *
 * @param columns width of the drawing in pixels
 */
export function thin(
  x: readonly number[],
  y: readonly (number | null)[],
  range: Range,
  columns: number,
): Point[] {
  const first = Math.max(0, countUpTo(x, range.min) - 2);
  const end = Math.min(x.length, countUpTo(x, range.max) + 1);
  const out: Point[] = [];
  const add = (index: number) => {
    const value = y[index] ?? NaN;
    out.push({ x: x[index]!, y: Number.isFinite(value) ? value : NaN });
  };
  if (end - first <= POINTS_KEPT * columns) {
    for (let index = first; index < end; index++) add(index);
    return out;
  }
  const perColumn = (range.max - range.min) / columns;
  const isGap = (index: number) => !Number.isFinite(y[index] ?? NaN);
  for (let index = first; index < end;) {
    if (isGap(index)) {
      add(index);
      while (index < end && isGap(index)) index++;
      continue;
    }
    const column = Math.floor((x[index]! - range.min) / perColumn);
    const right = range.min + (column + 1) * perColumn;
    let next = index + 1;
    while (next < end && x[next]! < right && !isGap(next)) next++;
    extremes(y, index, next).forEach(add);
    index = next;
  }
  return out;
}
