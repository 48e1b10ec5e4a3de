/**
 * Random numbers without state: every draw is a function of a seed, a purpose and a position, so that initial weights,
 * shuffles and dropout are the same on every engine and after every resume.
 *
 * Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; SC 2011).
 */

type Counter = readonly [number, number, number, number];

/** Fills `words` with the four words of the block of a counter, under a key of two words. */
export function philox(words: Uint32Array, counter: Counter, key0: number, key1: number): void {
  let [c0, c1, c2, c3] = counter;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const crossed = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(crossed / 65536)) >>> 0;
}

/** FNV-1a of a purpose such as `lstm/kernel`. */
function purposeKey(purpose: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(purpose)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** What a stream's numbers are a function of, as the words that Philox takes. */
export interface StreamKey {
  seed: number;
  purpose: number;
  a: number;
  b: number;
}

/** The numbers of one purpose: draw after draw, starting anew for every (seed, purpose, a, b). */
export class RandomStream {
  readonly key: StreamKey;
  readonly #words = new Uint32Array(4);
  #drawn = 0;

  /** @param a for example the epoch @param b for example the batch */
  constructor(seed: number, purpose: string, a = 0, b = 0) {
    this.key = { seed: seed >>> 0, purpose: purposeKey(purpose), a, b };
  }

  /** The stream of a key behind its first `drawn` words, a multiple of four. */
  static of(key: StreamKey, drawn: number): RandomStream {
    const stream = new RandomStream(0, '');
    Object.assign(stream.key, key);
    stream.#drawn = drawn;
    return stream;
  }

  /** A uniform whole number of 32 bits. */
  word(): number {
    const within = this.#drawn & 3;
    const { seed, purpose, a, b } = this.key;
    if (within === 0) philox(this.#words, [this.#drawn / 4, a, b, 0], seed, purpose);
    this.#drawn++;
    return this.#words[within]!;
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.word() / 2 ** 32;
  }

  /** Uniform whole number in [0, below), without bias. */
  below(below: number): number {
    const limit = 2 ** 32 - (2 ** 32 % below);
    let word = this.word();
    while (word >= limit) word = this.word();
    return word % below;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Normal, drawn again while beyond two standard deviations (TensorFlow's truncated normal). */
  truncatedNormal(): number {
    let value = this.normal();
    while (Math.abs(value) > 2) value = this.normal();
    return value;
  }
}

/** The order of `count` examples in an epoch: Fisher and Yates's shuffle, a pure function of seed and epoch. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const random = new RandomStream(seed, 'shuffle', epoch);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
