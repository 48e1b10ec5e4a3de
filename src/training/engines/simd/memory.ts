/**
 * The engine's memory: one shared WebAssembly memory and an allocator for it. Freed blocks are kept by size class and used
 * again, so that after the first batches nothing grows. Every block starts on a cache line and has room for one vector more
 * than asked for: kernels may read and write the tail of the last vector.
 */
import { UnrollError } from '../../../shared/errors.ts';

const PAGE = 65536;
const LINE = 64;
const MAXIMUM_PAGES = 65536;

/** Rounds up to a quarter of a power of two: at most a fifth is wasted, and sizes that vary a little share a class. */
function sizeClass(bytes: number): number {
  const needed = Math.max(LINE, bytes + 16);
  const quarter = 2 ** Math.max(4, Math.floor(Math.log2(needed)) - 2);
  return Math.ceil((Math.ceil(needed / quarter) * quarter) / LINE) * LINE;
}

export class Memory {
  readonly memory: WebAssembly.Memory;
  readonly #free = new Map<number, number[]>();
  readonly #sizes = new Map<number, number>();
  /** Blocks freed while tasks of a run may still read them; null while there is no such run. */
  #held: number[] | null = null;
  #top: number;
  #views: { f32: Float32Array; i32: Int32Array };

  /** @param reserved bytes at the start that are never handed out. */
  constructor(reserved: number) {
    this.memory = new WebAssembly.Memory({ initial: 1024, maximum: MAXIMUM_PAGES, shared: true });
    this.#top = Math.ceil(reserved / LINE) * LINE;
    this.#views = this.#makeViews();
  }

  #makeViews() {
    const { buffer } = this.memory;
    return { f32: new Float32Array(buffer), i32: new Int32Array(buffer) };
  }

  /** The whole memory as float32; take it anew after an allocation. */
  get f32(): Float32Array {
    return this.#views.f32;
  }

  get i32(): Int32Array {
    return this.#views.i32;
  }

  /** Bytes in use at the most so far. */
  get peakBytes(): number {
    return this.#top;
  }

  /** @throws UnrollError `out-of-memory` beyond 4 GiB. */
  allocate(bytes: number): number {
    const size = sizeClass(bytes);
    const kept = this.#free.get(size)?.pop();
    if (kept !== undefined) return this.#remember(kept, size);
    const at = this.#top;
    const pages = Math.ceil((at + size) / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (pages > 0) this.#grow(pages);
    this.#top = at + size;
    return this.#remember(at, size);
  }

  #remember(at: number, size: number): number {
    this.#sizes.set(at, size);
    return at;
  }

  #grow(pages: number): void {
    try {
      this.memory.grow(Math.max(pages, 256));
    } catch {
      throw new UnrollError('out-of-memory', { reason: 'the simd engine needs more than 4 GiB' });
    }
    this.#views = this.#makeViews();
  }

  /** From now on what is freed is not handed out again before `letGo`. */
  hold(): void {
    this.#held ??= [];
  }

  letGo(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const at of held) this.free(at);
  }

  free(at: number): void {
    if (this.#held) {
      this.#held.push(at);
      return;
    }
    const size = this.#sizes.get(at);
    if (size === undefined) throw new RangeError(`no block starts at ${at}`);
    this.#sizes.delete(at);
    const list = this.#free.get(size);
    if (list) list.push(at);
    else this.#free.set(size, [at]);
  }

  floats(at: number, length: number): Float32Array<SharedArrayBuffer> {
    return new Float32Array(this.memory.buffer as unknown as SharedArrayBuffer, at, length);
  }

  integers(at: number, length: number): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.memory.buffer as unknown as SharedArrayBuffer, at, length);
  }
}
