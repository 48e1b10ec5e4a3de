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

function pointAt(x: readonly number[], y: readonly (number | null)[], index: number): Point {
  const value = y[index] ?? NaN;
  return { x: x[index]!, y: Number.isFinite(value) ? value : NaN };
}

/** Collects the extremes of one column. */
class Column {
  readonly #out: Point[];
  #kept: { first: Point; lowest: Point; highest: Point; last: Point } | null = null;

  constructor(out: Point[]) {
    this.#out = out;
  }

  add(point: Point): void {
    const kept = this.#kept;
    if (kept === null) {
      this.#kept = { first: point, lowest: point, highest: point, last: point };
      return;
    }
    kept.last = point;
    if (point.y < kept.lowest.y) kept.lowest = point;
    if (point.y > kept.highest.y) kept.highest = point;
  }

  end(): void {
    if (this.#kept === null) return;
    const { first, lowest, highest, last } = this.#kept;
    const inOrder = [...new Set([first, lowest, highest, last])].sort((a, b) => a.x - b.x);
    this.#out.push(...inOrder);
    this.#kept = null;
  }
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
  if (end - first <= POINTS_KEPT * columns) {
    for (let index = first; index < end; index++) out.push(pointAt(x, y, index));
    return out;
  }
  const perColumn = (range.max - range.min) / columns;
  const column = new Column(out);
  let current = -Infinity;
  for (let index = first; index < end; index++) {
    const point = pointAt(x, y, index);
    const here = Math.floor((point.x - range.min) / perColumn);
    const gap = Number.isNaN(point.y);
    if (gap || here !== current) column.end();
    current = here;
    if (!gap) column.add(point);
    else if (!Number.isNaN(out.at(-1)?.y ?? NaN)) out.push(point);
  }
  column.end();
  return out;
}
