/** Shapes on lines that share a colour, the same on the screen, in pictures and in reports. */
import type { Place } from './figure.ts';

const corners = (...pairs: readonly (readonly [number, number])[]): Place[] =>
  pairs.map(([x, y]) => ({ x, y }));

/** Half the width of a plus's bars. */
const BAR = 0.36;

/** Corners around the middle, y downwards, filling the square from −1 to 1. */
const MARKS: readonly (readonly Place[])[] = [
  corners([0, -1], [1, 0.8], [-1, 0.8]),
  corners([0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]),
  corners([0, 1], [1, -0.8], [-1, -0.8]),
  corners(
    ...([
      [-BAR, -1],
      [BAR, -1],
      [BAR, -BAR],
      [1, -BAR],
      [1, BAR],
      [BAR, BAR],
    ] as const),
    ...([
      [BAR, 1],
      [-BAR, 1],
      [-BAR, BAR],
      [-1, BAR],
      [-1, -BAR],
      [-BAR, -BAR],
    ] as const),
  ),
  corners([-1, -1], [1, -1], [-1, 1], [1, 1]),
  corners([-1, -1], [1, 1], [1, -1], [-1, 1]),
  corners([-BAR, -1.1], [BAR, -1.1], [BAR, 1.1], [-BAR, 1.1]),
];

/** Pixels from a mark's middle to its edge. */
export const MARK_RADIUS = 4.5;
/** Pixels between marks, so that long lines are not strung with them. */
const APART = 40;

/** The corners of a mark in pixels. @param mark from 1 */
export function markAround(mark: number, at: Place, radius = MARK_RADIUS): Place[] {
  const shape = MARKS[(mark - 1) % MARKS.length]!;
  return shape.map(({ x, y }) => ({ x: at.x + radius * x, y: at.y + radius * y }));
}

/** Of a line's points in pixels, left to right, those that are marked. */
export function markedPoints(points: readonly Place[]): Place[] {
  let last = -Infinity;
  return points.filter(({ x, y }) => {
    if (!Number.isFinite(y) || x - last < APART) return false;
    last = x;
    return true;
  });
}
