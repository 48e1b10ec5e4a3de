import type { SimdBackend } from './backend.ts';

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
    this.#backend.arena.free(this.#at);
    return total;
  }
}
