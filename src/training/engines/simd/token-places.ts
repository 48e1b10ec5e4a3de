/** The different tokens among the places of a batch, and the places of each. */
import { UnrollError } from '../../../shared/errors.ts';
import type { SimdBackend } from './backend.ts';
import type { Modules } from './modules.ts';

/** Places of tokens that make one task. */
const PLACES = 512;

export class TokenPlaces {
  /** The different tokens, numbered in the order met. */
  readonly tokens: Int32Array;
  /** Address of every place's token number, -1 for a place without one. */
  readonly index: number;
  /** Addresses, once grouped: places of token i are list[starts[i]] … list[starts[i + 1] - 1]. */
  readonly starts: number;
  readonly list: number;
  readonly #backend: SimdBackend;
  readonly #modules: Modules;
  /** How many places hold a token. */
  readonly count: number;
  readonly #places: number;
  #grouped = false;

  /**
   * @param sources where in the ids each place's token stands; -1 for none
   * @param idsAt address of the ids
   * @throws UnrollError `input-invalid` for a token outside the vocabulary
   */
  constructor(
    backend: SimdBackend,
    modules: Modules,
    sources: Int32Array,
    idsAt: number,
    vocabulary: number,
  ) {
    const { arena, pool } = backend;
    this.#backend = backend;
    this.#modules = modules;
    this.#places = sources.length;
    const most = Math.min(vocabulary, sources.length);
    const allocate = (count: number) => arena.allocate(4 * count);
    [this.index, this.list, this.starts] = [sources.length, sources.length, most + 1].map(allocate) as [
      number,
      number,
      number,
    ];
    const [from, slotOf, tokens, result] = [sources.length, vocabulary, most, 2].map(allocate) as [
      number,
      number,
      number,
      number,
    ];
    arena.i32.set(sources, from / 4);
    arena.integers(slotOf, vocabulary).fill(0);
    arena.integers(this.starts, most + 1).fill(0);
    arena.integers(result, 2).fill(0);
    pool.call(
      modules.tokens().numberTokens!,
      ...[from, idsAt, sources.length, vocabulary],
      ...[slotOf, this.index, tokens, this.starts, result],
    );
    const [count, outside] = arena.integers(result, 2) as unknown as [number, number];
    this.tokens = arena.integers(tokens, count).slice();
    for (const address of [from, slotOf, tokens, result]) arena.free(address);
    this.count = arena.i32[this.starts / 4 + count]!;
    if (outside === 0) return;
    this.release();
    throw outsideVocabulary(outside - 1, vocabulary);
  }

  release(): void {
    for (const address of [this.index, this.starts, this.list]) this.#backend.arena.free(address);
  }

  /**
   * For every token the sum of the `width` floats from its places' rows on, which lie `stride` floats apart, summed in the order
   * of the places. Gives the address of rows of `width` floats, for the caller to free.
   */
  sums(rows: number, width: number, stride: number): number {
    const { arena, pool } = this.#backend;
    if (!this.#grouped)
      pool.call(this.#modules.tokens().groupRows!, this.index, this.#places, this.starts, this.list);
    this.#grouped = true;
    const to = arena.allocate(this.tokens.length * width * 4);
    const kernel = this.#modules.sumWindows(width, stride);
    pool.run(
      evenly(arena.integers(this.starts, this.tokens.length + 1), PLACES).map(([first, end]) => [
        kernel,
        this.starts + first * 4,
        this.list,
        rows,
        to + first * width * 4,
        end - first,
      ]),
    );
    return to;
  }
}

/** Ranges of tokens with about so many places each: a few words make up half of a text. @param starts of each one's, and the end */
export function evenly(starts: Int32Array, places: number): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  const tokens = starts.length - 1;
  for (let from = 0, to = 1; to <= tokens; to++) {
    if (to < tokens && starts[to + 1]! - starts[from]! <= places) continue;
    ranges.push([from, to]);
    from = to;
  }
  return ranges;
}

export function outsideVocabulary(id: number, vocabulary: number): UnrollError {
  return new UnrollError('input-invalid', {
    what: `The token ${id}`,
    reason: `the embedding has ${vocabulary} rows`,
  });
}
