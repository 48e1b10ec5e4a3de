/**
 * NumPy's legacy `RandomState`, as far as an order needs it: Keras's loaders permute their data with
 * `np.random.RandomState(113).shuffle(indices)`, and the same order is wanted here.
 * Sources: Matsumoto and Nishimura (1998), "Mersenne Twister"; NumPy's legacy seeding, `random_interval` and `shuffle`.
 */
const N = 624;
const M = 397;

export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #position = N;

  /** @param seed 0 to 2^32 - 1, as `np.random.RandomState(seed)` */
  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = this.#at(i - 1);
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next 32 random bits as a whole number from 0. */
  nextUint32(): number {
    if (this.#position === N) this.#twist();
    let bits = this.#at(this.#position++);
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  /** A number in [0, 1) with 53 random bits: `RandomState.random_sample()`. */
  nextDouble(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number from 0 to `max` (below 2^32), each as likely: masked rejection, as NumPy's `random_interval`. */
  nextInterval(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    let value: number;
    do value = (this.nextUint32() & mask) >>> 0;
    while (value > max);
    return value;
  }

  /** Shuffles in place: `RandomState.shuffle`. */
  shuffle<T>(array: { length: number; [index: number]: T }): void {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.nextInterval(i);
      const swapped = array[i] as T;
      array[i] = array[j] as T;
      array[j] = swapped;
    }
  }

  /** 0 to `length - 1` in random order: `RandomState.permutation(length)`. */
  permutation(length: number): Uint32Array {
    const indices = Uint32Array.from({ length }, (_, index) => index);
    this.shuffle(indices);
    return indices;
  }

  #at(index: number): number {
    return this.#state[index] as number;
  }

  #twist(): void {
    for (let i = 0; i < N; i++) {
      const bits = (this.#at(i) & 0x80000000) | (this.#at((i + 1) % N) & 0x7fffffff);
      this.#state[i] = this.#at((i + M) % N) ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
