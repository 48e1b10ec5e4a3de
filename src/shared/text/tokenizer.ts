/**
 * Text to word ranks by the rules of Keras's `Tokenizer` with its defaults (Keras 3:
 * src/legacy/preprocessing/text.py): lower case, punctuation but the apostrophe to spaces, split at spaces; rank 1 is the
 * most frequent word, and of words equally frequent the one seen first comes first.
 */

const FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n';

/** By character code below 128: 1 for what separates words. */
const SEPARATES = new Uint8Array(128);
for (const character of ` ${FILTERS}`) SEPARATES[character.charCodeAt(0)] = 1;

/** Calls `visit` with every word of a text in order. */
function forEachWord(text: string, visit: (word: string) => void): void {
  const lower = text.toLowerCase();
  let start = 0;
  for (let at = 0; at < lower.length; at++) {
    const code = lower.charCodeAt(at);
    if (code >= 128 || SEPARATES[code] === 0) continue;
    if (at > start) visit(lower.slice(start, at));
    start = at + 1;
  }
  if (start < lower.length) visit(lower.slice(start));
}

/** The words of a text: Keras's `text_to_word_sequence`. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  forEachWord(text, (word) => words.push(word));
  return words;
}

/** Ranks by word, from words by rank. */
export function rankByWord(vocabulary: readonly string[]): Map<string, number> {
  return new Map(vocabulary.map((word, index) => [word, index + 1]));
}

/** The ranks of a text's words; 0 for a word without a rank (Keras drops it; here it stays, as an unknown word). */
export function encodeText(text: string, rankOf: ReadonlyMap<string, number>): Int32Array {
  const ranks: number[] = [];
  forEachWord(text, (word) => ranks.push(rankOf.get(word) ?? 0));
  return Int32Array.from(ranks);
}

/**
 * Counts words and encodes in one pass over the texts: ranks are known only when every text was counted, so texts are
 * first encoded by the order in which words were met, and `toRanks` puts ranks in their place.
 */
export class WordCounter {
  readonly #indexOf = new Map<string, number>();
  readonly #counts: number[] = [];

  /** Counts a text's words. @returns their indices by first appearance, from 1 */
  count(text: string): Int32Array {
    const indices: number[] = [];
    forEachWord(text, (word) => {
      let index = this.#indexOf.get(word);
      if (index === undefined) {
        this.#counts.push(0);
        index = this.#counts.length;
        this.#indexOf.set(word, index);
      }
      (this.#counts[index - 1] as number)++;
      indices.push(index);
    });
    return Int32Array.from(indices);
  }

  /** Encodes a text that does not count, such as one of the test split; 0 for a word never counted. */
  lookUp(text: string): Int32Array {
    return encodeText(text, this.#indexOf);
  }

  /** Words by rank, and a table from a word's index to its rank. */
  rank(): { vocabulary: string[]; rankOfIndex: Int32Array } {
    const words = [...this.#indexOf.keys()];
    // Sorting is stable, so words of one count stay in the order they were met.
    const byRank = words.map((_, index) => index);
    byRank.sort((a, b) => (this.#counts[b] as number) - (this.#counts[a] as number));
    const rankOfIndex = new Int32Array(words.length + 1);
    byRank.forEach((index, rank) => (rankOfIndex[index + 1] = rank + 1));
    return { vocabulary: byRank.map((index) => words[index] as string), rankOfIndex };
  }
}
