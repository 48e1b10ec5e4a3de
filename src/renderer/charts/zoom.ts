/** Zooming: which part of x is shown when a part was asked for. */
import type { Range } from '../../shared/figures/ticks.ts';

/** A hand that ends a drag this near to a whole number (of epochs) means it, and not the one beyond. */
const NEAR = 0.15;

/** Between whole numbers there is nothing to see: the next ones to either side, so that there are points. */
function outwards({ min, max }: Range): Range {
  const meant = { min: Math.floor(min + NEAR), max: Math.ceil(max - NEAR) };
  return meant.min < meant.max ? meant : { min: Math.floor(min), max: Math.ceil(max) };
}

/**
 * The part of x to show where `wanted` was asked for; null for all of it.
 *
 * @param all from the first x to the last
 * @param whole whether x counts (epochs, batches, words)
 */
export function zoomTo(wanted: Range, all: Range, whole: boolean): Range | null {
  const found = whole ? outwards(wanted) : wanted;
  const min = Math.max(all.min, found.min);
  const max = Math.min(all.max, found.max);
  return min >= max || (min === all.min && max === all.max) ? null : { min, max };
}

/** As `zoomTo`, of what is in sight halved (0.5) or doubled (2) around a place in it. */
export function zoomAround(
  shown: Range,
  at: number,
  factor: number,
  all: Range,
  whole: boolean,
): Range | null {
  const min = at - (at - shown.min) * factor;
  const max = at + (shown.max - at) * factor;
  const nearest = { min: Math.round(min), max: Math.round(max) };
  // Outwards, half of a few epochs would be all of them again.
  const closer = whole && factor < 1 && nearest.min < nearest.max;
  return zoomTo(closer ? nearest : { min, max }, all, whole);
}
