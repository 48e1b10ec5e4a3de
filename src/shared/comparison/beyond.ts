/** A loss that exploded would flatten all other lines of a chart: its axis ends above those, and that line leaves it. */
import type { Comparison } from '../contract/compare.ts';
import { divergenceOf } from '../history/divergence.ts';
import { changedRow } from '../history/rows.ts';

/** A run, or a group of runs, in a chart. */
export interface Charted {
  name: string;
  exploded: boolean;
  lines: readonly { y: readonly (number | null)[] }[];
}

/** An exploded line leaves the chart where it is so many times as high as all others. */
const FAR = 3;
/** The highest of the others stands a little below the axis' end. */
const ROOM = 1.05;

export const hasExploded = (run: Comparison['runs'][number]): boolean =>
  divergenceOf(changedRow(run)) !== null;

const highest = (charted: readonly Charted[]): number =>
  charted
    .flatMap(({ lines }) => lines)
    .reduce(
      (most, { y }) => y.reduce<number>((high, value) => Math.max(high, value ?? -Infinity), most),
      -Infinity,
    );

/** Where a linear axis ends, and the names of those whose lines leave it there; no end of its own where all lines fit. */
export function axisEnd(charted: readonly Charted[]): { max: number | undefined; leaving: string[] } {
  const top = highest(charted.filter(({ exploded }) => !exploded));
  const leaving = charted.filter((one) => one.exploded && top > 0 && highest([one]) > FAR * top);
  return { max: leaving.length > 0 ? ROOM * top : undefined, leaving: leaving.map(({ name }) => name) };
}

export function beyondText(names: readonly string[]): string {
  const one = names.length === 1;
  return `${names.join(', ')} ${one ? 'leaves' : 'leave'} the chart at its upper edge: ${one ? 'its' : 'their'} loss exploded.`;
}
