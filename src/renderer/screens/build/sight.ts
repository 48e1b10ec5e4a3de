/** What of the model is drawn: the cards and edges in sight or near it, so that no edit waits for what nobody sees. */
import type { Connection } from '../../../shared/graph/connect.ts';
import type { Places } from './card.ts';
import { boundsOf, seenIn, type Region, type Size, type Viewport } from './viewport.ts';

/** The region grows by whole tiles, so that it stays the same for most of the way the canvas is moved. */
const TILE = 360;
/** So much at least is drawn beyond what is seen. */
const BEYOND = 120;

/** The part of the canvas in sight, a little more, in whole tiles. */
export function sightOf(viewport: Viewport, size: Size): Region {
  const before = (edge: number): number => Math.floor((edge - BEYOND) / TILE) * TILE;
  const behind = (edge: number): number => Math.ceil((edge + BEYOND) / TILE) * TILE;
  const { left, top, right, bottom } = seenIn(viewport, size);
  return { left: before(left), top: before(top), right: behind(right), bottom: behind(bottom) };
}

export const sameRegion = (one: Region, other: Region): boolean =>
  one.left === other.left &&
  one.top === other.top &&
  one.right === other.right &&
  one.bottom === other.bottom;

const overlaps = (one: Region, other: Region): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

export interface Drawn {
  cards: ReadonlySet<string>;
  edges: readonly Connection[];
}

/**
 * The cards in a region and the edges that cross it, with the cards at both their ends.
 * @param kept cards that are drawn wherever they are, with their edges: those selected, or in the middle of a gesture
 */
export function drawnIn(
  region: Region,
  places: Places,
  edges: readonly Connection[],
  kept: Iterable<string>,
): Drawn {
  const cards = new Set([...kept].filter((id) => places.has(id)));
  const held = new Set(cards);
  for (const [id, place] of places) if (overlaps(boundsOf([place]), region)) cards.add(id);
  const crossing = edges.filter(({ from, to }) => {
    const [start, end] = [places.get(from), places.get(to)];
    if (start === undefined || end === undefined) return false;
    // An edge leaves the box round both its cards by less than what is drawn beyond the sight.
    return held.has(from) || held.has(to) || overlaps(boundsOf([start, end]), region);
  });
  for (const { from, to } of crossing) cards.add(from).add(to);
  return { cards, edges: crossing };
}
