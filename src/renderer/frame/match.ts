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

/** Shorter words are too much like others for a slip in them to be told from another word. */
const SHORTEST_MISTYPED = 4;

/** Whether one letter more, one less, another one or two that changed places make one word the other. */
function oneSlip(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA.length > 1 && restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}

/** As `fit`, but every word typed may have one slip, from its beginning on: `expport`, `lerning`. */
export function fitNearly(typed: string, text: string): number {
  const wordsOf = (words: string) => words.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const within = wordsOf(text);
  const near = (word: string) =>
    word.length >= SHORTEST_MISTYPED &&
    within.some((other) =>
      [-1, 0, 1].some((longer) => oneSlip(word, other.slice(0, Math.max(1, word.length + longer)))),
    );
  const words = wordsOf(typed).filter((word) => word !== '');
  return words.every((word) => near(word) || fit(word, text) > 0) ? words.length : 0;
}

/** The items that fit, best first, at most so many; with nothing typed, the first ones as they stand. */
export function best<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  typed: string,
  most: number,
  how: typeof fit = fit,
): T[] {
  if (typed.trim() === '') return items.slice(0, most);
  return items
    .map((item) => ({ item, score: how(typed, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item);
}
