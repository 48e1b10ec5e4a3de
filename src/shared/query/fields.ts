/** What a query can speak of, and how it is told that it speaks of something else. */
import type { Aggregate } from './syntax.ts';

/** `moment`: milliseconds since 1970. `list`: several words, as tags are. */
export type FieldKind = 'number' | 'text' | 'flag' | 'moment' | 'list';
export type Value = number | string | boolean | readonly string[] | null;

export interface QueryField<Row> {
  kind: FieldKind;
  /** Null where the row has none. */
  of: (row: Row) => Value;
}

/** The rows' fields and metrics, by name. */
export interface QuerySource<Row> {
  field(name: string): QueryField<Row> | undefined;
  /** All names of fields, for suggestions. */
  fieldNames(): readonly string[];
  metric(aggregate: Aggregate, name: string): ((row: Row) => number | null) | undefined;
  metricNames(): readonly string[];
}

/** Steps of inserting, removing or changing a character from one word to the other, capital letters aside. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + Number(a[i - 1] !== b[j - 1]);
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** `lr` for `training.optimizer.learning_rate`. */
const initials = (name: string): string => {
  const words = name.split('.').at(-1)!.split('_');
  return words.length < 2 ? '' : words.map((word) => word.charAt(0)).join('');
};

/**
 * The name that was probably meant: one whose last part is the word or has it as its initials, or the nearest; null where none
 * is near.
 */
export function nearestName(word: string, names: readonly string[]): string | null {
  const wanted = word.toLowerCase();
  const byLastPart = names.find((name) => name.toLowerCase().split('.').at(-1) === wanted);
  const meant = byLastPart ?? names.find((name) => initials(name) === wanted);
  if (meant !== undefined) return meant;
  let best: { name: string; steps: number } | null = null;
  for (const name of names) {
    const steps = distance(wanted, name.toLowerCase());
    if (best === null || steps < best.steps) best = { name, steps };
  }
  return best !== null && best.steps <= Math.max(1, Math.floor(word.length / 3)) ? best.name : null;
}
