/**
 * Fewer points that look the same. Chart.js's own decimation averages gaps as if they were zeros; here each column of pixels
 * keeps its first, lowest, highest and last value, so that peaks and gaps both stay.
 */
import { crossing } from '../../shared/figures/pieces.ts';
import type { Range } from '../../shared/figures/ticks.ts';
import { countBelow, countUpTo } from './series.ts';

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

/** Puts where the line crosses the edges of a range in place of the neighbours beyond them. */
function ended(points: readonly Point[], { min, max }: Range, logarithmic: boolean): Point[] {
  const at = (x: number, from: Point | undefined, to: Point | undefined): Point[] =>
    from && to && from.x < x && to.x > x ? [crossing(from, to, x, logarithmic)] : [];
  return [
    ...at(min, points[0], points[1]),
    ...points.filter(({ x }) => x >= min && x <= max),
    ...at(max, points.at(-2), points.at(-1)),
  ];
}

/**
 * The points to draw within a range, among them those at its edges, on the way to a neighbour: the line runs on to the
 * edge, and the y axis, which Chart.js fits to the points in sight, holds all that is seen of it.
 *
 * @param columns width of the drawing in pixels
 * @param logarithmic whether the line is straight between the logarithms of its values
 */
export function thin(
  x: readonly number[],
  y: readonly (number | null)[],
  range: Range,
  columns: number,
  logarithmic = false,
): Point[] {
  return ended(extremesAround(x, y, range, columns), range, logarithmic);
}

/** With one neighbour to either side of the range. */
function extremesAround(
  x: readonly number[],
  y: readonly (number | null)[],
  range: Range,
  columns: number,
): Point[] {
  const first = Math.max(0, countBelow(x, range.min) - 1);
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
