/**
 * Tensors (B, T, C) whose rows of C floats, rounded up to whole panels, lie in the engine's memory, for kernels of ours to hand
 * each other; made in full only for other readers. Sequences that begin with the same padding share a prefix: what was
 * computed from it stands only in the row that has the most of it (RECURRENT.md, saving 2).
 */
import { Lazy, type SimdBackend } from './backend.ts';
import { padded } from './matrix.ts';

/** Before step `lengths[b]`, batch row b equals batch row `carrier`, and only that one's steps are there. */
export interface Prefix {
  lengths: Int32Array;
  carrier: number;
}

/** The first step of a batch row that is there. */
export function firstStep(prefix: Prefix | null, row: number): number {
  return prefix && row !== prefix.carrier ? prefix.lengths[row]! : 0;
}

/** Where rows lie: step t of batch row b at `address + (b * spacing + t) * stride * 4`. */
export interface Placed {
  address: number;
  /** Rows from one batch row to the next, at least T. */
  spacing: number;
}

export interface RowsShape {
  batch: number;
  steps: number;
  columns: number;
  prefix: Prefix | null;
}

abstract class LazyRows extends Lazy implements RowsShape, Placed {
  readonly backend: SimdBackend;
  readonly batch: number;
  readonly steps: number;
  readonly columns: number;
  readonly stride: number;
  readonly prefix: Prefix | null;
  readonly address: number;
  readonly spacing: number;
  readonly #block: number;

  /** @param block the allocation that `address` lies in; freed with this */
  constructor(
    backend: SimdBackend,
    { batch, steps, columns, prefix }: RowsShape,
    at: Placed & { block?: number },
  ) {
    super();
    this.backend = backend;
    this.batch = batch;
    this.steps = steps;
    this.columns = columns;
    this.stride = padded(columns);
    this.prefix = prefix;
    this.address = at.address;
    this.spacing = at.spacing;
    this.#block = at.block ?? at.address;
  }

  override release(): void {
    this.backend.arena.free(this.#block);
  }

  /** Address of a step. */
  at(row: number, step: number): number {
    return this.address + (row * this.spacing + step) * this.stride * 4;
  }

  /** All rows of the tensor; `absent` takes a copy of one whose steps below `prefix` are not there. */
  protected full(absent: (row: Float32Array, from: number, to: number) => void): Float32Array {
    const { batch, steps, columns, stride } = this;
    const full = new Float32Array(batch * steps * columns);
    for (let b = 0; b < batch; b++) {
      const first = firstStep(this.prefix, b);
      const row = full.subarray(b * steps * columns, (b + 1) * steps * columns);
      const values = this.backend.arena.floats(this.at(b, 0), steps * stride);
      if (stride === columns) row.set(values.subarray(first * columns), first * columns);
      else
        for (let t = first; t < steps; t++)
          row.set(values.subarray(t * stride, t * stride + columns), t * columns);
      absent(row, b, first);
    }
    return full;
  }
}

/** Values. */
export class Rows extends LazyRows {
  override values(): Float32Array {
    const { columns, stride } = this;
    return this.full((row, _, first) => {
      if (first === 0) return;
      const shared = this.backend.arena.floats(this.at(this.prefix!.carrier, 0), first * stride);
      for (let t = 0; t < first; t++) row.set(shared.subarray(t * stride, t * stride + columns), t * columns);
    });
  }

  /** Makes the steps from `from(row)` on present in every batch row, where they are before its first. */
  fill(from: (row: number) => number): void {
    const bytes = new Uint8Array(this.backend.arena.memory.buffer);
    for (let b = 0; b < this.batch; b++) {
      const [start, end] = [from(b), firstStep(this.prefix, b)];
      if (start >= end) continue;
      const { carrier } = this.prefix!;
      bytes.copyWithin(this.at(b, start), this.at(carrier, start), this.at(carrier, end));
    }
  }
}

/** Gradients of `Rows`: the carrier's steps hold the sum over all rows that share them, which is zero in the others. */
export class RowsGradient extends LazyRows {
  override values(): Float32Array {
    return this.full(() => {});
  }

  /** Adds to the carrier the gradients that `fill` brought about, of the steps from `from(row)` on. */
  fold(from: (row: number) => number): void {
    const { f32 } = this.backend.arena;
    for (let b = 0; b < this.batch; b++) {
      const [start, end] = [from(b), firstStep(this.prefix, b)];
      if (start >= end) continue;
      const source = this.at(b, start) / 4;
      const to = this.at(this.prefix!.carrier, start) / 4;
      for (let i = 0; i < (end - start) * this.stride; i++) f32[to + i]! += f32[source + i]!;
    }
  }
}
