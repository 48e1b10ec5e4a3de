/** Which runs of the list are chosen, and which ones' curves stand above it. */
import { formatCount } from '../../../shared/format.ts';
import { divergenceOf } from '../../../shared/history/divergence.ts';
import type { RunRow } from '../../../shared/history/rows.ts';
import type { RunGroup } from './groups.ts';

/** More lines than that nobody reads, and no chart draws at once. */
export const MOST_DRAWN = 50;

/** Runs whose curves a mean and its spread are taken over, all groups together, and the groups drawn. */
const MOST_AVERAGED = 400;
const MOST_GROUPS = 8;

/** The chosen runs that are in the list: what a filter hides or what was deleted is not acted upon any more. */
export function chosenOf(shown: readonly RunRow[], chosen: readonly string[]): RunRow[] {
  if (chosen.length === 0) return [];
  const byId = new Map(shown.map((run) => [run.id, run]));
  return chosen.flatMap((id) => byId.get(id) ?? []);
}

/** The first runs of the first groups, as many of each, so that every group has a mean and a spread. */
export function drawnOfGroups(groups: readonly RunGroup[]): RunRow[] {
  const drawn = groups.slice(0, MOST_GROUPS);
  const each = Math.floor(MOST_AVERAGED / Math.max(1, drawn.length));
  return [...new Set(drawn.flatMap(({ runs }) => runs.slice(0, each)))];
}

/** Those that `drawnRuns` leaves out for their loss alone: none where two or more are chosen, or where an eye decides. */
export function leftOutRuns(
  shown: readonly RunRow[],
  chosen: ReadonlySet<string>,
  eyes: ReadonlyMap<string, boolean>,
  most: number,
): RunRow[] {
  if (chosen.size > 1 || shown.length === 1) return [];
  return shown
    .slice(0, most)
    .filter((run) => !eyes.has(run.id) && !chosen.has(run.id) && divergenceOf(run) !== null);
}

/**
 * Two or more chosen runs, else `most`: the one chosen, and the first of the list but for those whose loss exploded, which would
 * flatten all others. An eye that was opened adds its run, one that was closed takes it away. Where more are
 * wanted than are drawn at once, chosen runs go first. Always runs of the list, in its order, so that the charts follow its
 * filter.
 */
export function drawnRuns(
  shown: readonly RunRow[],
  chosen: ReadonlySet<string>,
  eyes: ReadonlyMap<string, boolean>,
  most: number,
): RunRow[] {
  const several = chosen.size > 1;
  // A chosen run further down takes the place of the last of the first ones.
  const before = several ? 0 : most - shown.slice(most).filter(({ id }) => chosen.has(id)).length;
  const isFirst = (run: RunRow, place: number) =>
    place < before && (shown.length === 1 || divergenceOf(run) === null);
  const wanted = shown.filter(
    (run, place) => eyes.get(run.id) ?? (chosen.has(run.id) || isFirst(run, place)),
  );
  if (wanted.length <= MOST_DRAWN) return wanted;
  const chosenOnes = wanted.filter(({ id }) => chosen.has(id));
  const others = wanted.filter(({ id }) => !chosen.has(id));
  const drawn = new Set([...chosenOnes, ...others].slice(0, MOST_DRAWN));
  return wanted.filter((run) => drawn.has(run));
}

/** How many of how many are drawn: `8 of 120 runs drawn`, and of several chosen ones how many of these. */
export function drawnText(drawn: number, shown: number, chosen: number): string {
  const runs = `${drawn === shown ? '' : `${formatCount(drawn)} of `}${formatCount(shown)} ${shown === 1 ? 'run' : 'runs'} drawn`;
  return chosen > MOST_DRAWN ? `${runs}, the first of the ${formatCount(chosen)} chosen` : runs;
}
