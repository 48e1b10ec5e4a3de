/** Finding commands by a part of their name. */

/**
 * How well what was typed fits a text: 0 where some word typed is not in it, more the earlier words are met and the nearer
 * they are to the beginning of a word. Upper and lower case are one.
 */
export function fit(typed: string, text: string): number {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const within = text.toLowerCase();
  let score = 1;
  for (const word of words) {
    const at = within.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || /[^\p{L}\p{N}]/u.test(within[at - 1]!);
    score += (begins ? 2 : 1) / (1 + at / 64);
  }
  return score;
}

/** The items that fit, best first, at most so many; with nothing typed, the first ones as they stand. */
export function best<T>(items: readonly T[], textOf: (item: T) => string, typed: string, most: number): T[] {
  if (typed.trim() === '') return items.slice(0, most);
  return items
    .map((item) => ({ item, score: fit(typed, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item);
}
