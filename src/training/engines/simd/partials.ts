import { Lazy, type SimdBackend } from './backend.ts';

/** Gradients that tasks sum up each for itself, added together in their order. */
export class Partials {
  readonly #backend: SimdBackend;
  readonly #at: number;
  readonly #count: number;
  readonly #floats: number;

  constructor(backend: SimdBackend, count: number, floats: number) {
    this.#backend = backend;
    this.#count = Math.max(1, count);
    this.#floats = floats;
    this.#at = backend.arena.allocate(this.#count * floats * 4);
    backend.arena.floats(this.#at, this.#count * floats).fill(0);
  }

  address(i: number): number {
    return this.#at + i * this.#floats * 4;
  }

  /** The sum; the parts are freed. */
  sum(): Float32Array {
    const parts = this.#backend.arena.floats(this.#at, this.#count * this.#floats);
    const total = new Float32Array(parts.subarray(0, this.#floats));
    for (let part = 1; part < this.#count; part++) {
      const from = part * this.#floats;
      for (let i = 0; i < this.#floats; i++) total[i]! += parts[from + i]!;
    }
    this.free();
    return total;
  }

  free(): void {
    this.#backend.arena.free(this.#at);
  }
}

/** A gradient whose parts are added up when it is first read: other threads may still be at them. */
export class PartialGradient extends Lazy {
  #parts: Partials | null;
  readonly #arrange: (sum: Float32Array) => Float32Array;

  /** @param arrange the sum as the gradient's numbers; takes the parts over */
  constructor(parts: Partials, arrange: (sum: Float32Array) => Float32Array) {
    super();
    this.#parts = parts;
    this.#arrange = arrange;
  }

  override values(): Float32Array {
    const sum = this.#parts!.sum();
    this.#parts = null;
    return this.#arrange(sum);
  }

  override release(): void {
    this.#parts?.free();
  }
}
