/** What a table shows, and the rules of choosing rows in it. */
import type { Snippet } from 'svelte';

export interface Column<T> {
  id: string;
  title: string;
  /** A CSS grid track: `1fr`, `minmax(160px, 2fr)`, `88px`. */
  width: string;
  /** What rows are ordered by, and what stands in the cell where there is no snippet. Null sorts last. */
  value: (row: T) => string | number | null;
  /** The text of a cell that is drawn from its value. */
  text?: (row: T) => string;
  cell?: Snippet<[T]>;
  /** Figures of one width, at the right edge. */
  numeric?: boolean;
  unsortable?: boolean;
  /** What the header says on hover, where its word is short. */
  help?: string;
}

export interface Sort {
  column: string;
  descending: boolean;
}

/** The rows chosen after a click or a step to `target`: alone, added (Ctrl), or all from the anchor on (Shift). */
export function choose(
  keys: readonly string[],
  chosen: readonly string[],
  target: string,
  anchor: string | null,
  how: 'only' | 'toggle' | 'range',
): string[] {
  if (how === 'toggle')
    return chosen.includes(target) ? chosen.filter((key) => key !== target) : [...chosen, target];
  const from = anchor === null ? -1 : keys.indexOf(anchor);
  const to = keys.indexOf(target);
  if (how === 'only' || from < 0 || to < 0) return [target];
  return keys.slice(Math.min(from, to), Math.max(from, to) + 1);
}
