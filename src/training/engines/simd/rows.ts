/**
 * Tensors (B, T, C) whose rows of C floats, rounded up to whole panels, lie in the engine's memory, for kernels of ours to hand
 * each other; made in full only for other readers. Sequences that begin with the same padding share a prefix: what was
 * computed from it stands only in the row that has the most of it (RECURRENT.md, saving 2).
 */
import type * as tf from '@tensorflow/tfjs-core';
import { Lazy, type SimdBackend } from './backend.ts';
import { EmbeddedTokens } from './embedding.ts';
import { padded } from './matrix.ts';
import type { Modules } from './modules.ts';
import { denseWalk, type Plan, type Walk } from './plan.ts';
import type { Task } from './pool.ts';
import { SequenceGradient } from './sequences.ts';
import { outsideVocabulary } from './token-slots.ts';

/** Rows copied by one task. */
const CHUNK = 512;

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

interface Shape {
  batch: number;
  steps: number;
  columns: number;
  prefix: Prefix | null;
}

abstract class LazyRows extends Lazy implements Shape, Placed {
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
    { batch, steps, columns, prefix }: Shape,
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

/** A tensor (B, T, C) that is known as rows, or null. */
export function rowsAt(backend: SimdBackend, tensor: tf.TensorInfo): Rows | null {
  const known = backend.lazyOf(tensor, Rows);
  const [batch, steps, columns] = tensor.shape;
  return known?.batch === batch && known?.steps === steps && known?.columns === columns ? known : null;
}

/** An embedding's output (B, T, E) of that very shape, or null. */
export function embeddedAt(backend: SimdBackend, tensor: tf.TensorInfo): EmbeddedTokens | null {
  const known = backend.lazyOf(tensor, EmbeddedTokens);
  const shape = known && [known.batch, known.steps, known.table.shape[1]];
  return shape?.every((size, axis) => size === tensor.shape[axis]) ? known : null;
}

/** Reads a tensor (B, T, C) as rows; where it is not known as such, as rows without a prefix, for the caller to free if owned. */
export function rowsOf(
  backend: SimdBackend,
  modules: Modules,
  tensor: tf.TensorInfo,
): { rows: Rows; owned: boolean } {
  const known = rowsAt(backend, tensor);
  if (known) return { rows: known, owned: false };
  const [batch, steps, columns] = tensor.shape as [number, number, number];
  const shape = { batch, steps, columns, prefix: null };
  const stride = padded(columns);
  const embedded = lookedUp(backend, tensor);
  if (stride === columns && !embedded) {
    const address = backend.address(tensor);
    return { rows: new Rows(backend, shape, { address, spacing: steps }), owned: false };
  }
  const address = backend.arena.allocate(batch * steps * stride * 4);
  if (embedded) lookUp(backend, modules, embedded, address);
  else spreadRows(backend, backend.values(tensor) as Float32Array, columns, address);
  return { rows: new Rows(backend, shape, { address, spacing: steps }), owned: true };
}

/** An embedding's output whose rows lie as the tensor's do: of the same shape, or flattened where nothing is rounded up. */
function lookedUp(backend: SimdBackend, tensor: tf.TensorInfo): EmbeddedTokens | null {
  const known = backend.lazyOf(tensor, EmbeddedTokens);
  const close = [known?.table.shape[1], tensor.shape[2]].every(
    (columns) => columns && padded(columns) === columns,
  );
  return close ? known : embeddedAt(backend, tensor);
}

/** The rows of an embedding's table by id. */
function lookUp(
  backend: SimdBackend,
  modules: Modules,
  { ids, idsAt, table }: EmbeddedTokens,
  to: number,
): void {
  const [vocabulary, columns] = table.shape as [number, number];
  const outside = ids.find((id) => !(id >= 0 && id < vocabulary));
  if (outside !== undefined) throw outsideVocabulary(outside, vocabulary);
  copyRows(backend, modules, {
    columns,
    from: backend.address(table),
    numbers: idsAt,
    count: ids.length,
    to,
  });
}

/** Copies rows of `columns` floats by number, laid in whole panels at `to`. */
function copyRows(
  { pool }: SimdBackend,
  modules: Modules,
  { columns, from, numbers, count, to }: Record<'columns' | 'from' | 'numbers' | 'count' | 'to', number>,
): void {
  const stride = padded(columns);
  const gather = modules.gather(columns, stride);
  pool.run(
    Array.from({ length: Math.ceil(count / CHUNK) }, (_, i): Task => {
      const first = i * CHUNK;
      const rows = Math.min(CHUNK, count - first);
      return [gather, from, numbers + first * 4, to + first * stride * 4, rows];
    }),
  );
}

/** Lays rows of `columns` floats in whole panels. */
function spreadRows(backend: SimdBackend, values: Float32Array, columns: number, address: number): void {
  const stride = padded(columns);
  const to = backend.arena.floats(address, (values.length / columns) * stride).fill(0);
  for (let from = 0, at = 0; from < values.length; from += columns, at += stride)
    for (let c = 0; c < columns; c++) to[at + c] = values[from + c]!;
}

/** The walk over all steps of rows that share a prefix, which is walked once. */
export function walkSharing({ lengths }: Prefix, batch: number, steps: number): Walk {
  return { ...denseWalk(batch, steps, false), prefixes: lengths, joins: true };
}

/** Copies the row that each entry of a plan reads to its place, from `to` on, (plan.rows, C). */
export function gatherRows(
  backend: SimdBackend,
  modules: Modules,
  { prefix, address, spacing, steps, stride }: Rows,
  plan: Plan,
  to: number,
): void {
  const { arena: memory } = backend;
  const numbers = plan.sources().map((source) => {
    if (source < 0) return 0;
    const row = Math.floor(source / steps);
    const step = source - row * steps;
    return (step < firstStep(prefix, row) ? prefix!.carrier : row) * spacing + step;
  });
  const numbersAt = memory.allocate(numbers.length * 4);
  memory.i32.set(numbers, numbersAt / 4);
  const count = numbers.length;
  copyRows(backend, modules, { columns: stride, from: address, numbers: numbersAt, count, to });
  memory.free(numbersAt);
}

/** The gradient of a tensor that was given out as `rows`, in rows; the caller frees it where it is owned. */
export function gradientRows(
  backend: SimdBackend,
  modules: Modules,
  dy: tf.TensorInfo,
  shape: Shape,
): { rows: RowsGradient; owned: boolean } {
  const { batch, steps, columns, prefix } = shape;
  const known = backend.lazyOf(dy, RowsGradient);
  if (known?.prefix === prefix && known.batch === batch && known.steps === steps && known.columns === columns)
    return { rows: known, owned: false };
  const stride = padded(columns);
  const sequence = backend.lazyOf(dy, SequenceGradient);
  if (!sequence && !prefix && stride === columns)
    return {
      rows: new RowsGradient(backend, shape, { address: backend.address(dy), spacing: steps }),
      owned: false,
    };
  const address = backend.arena.allocate(batch * steps * stride * 4);
  const rows = new RowsGradient(backend, shape, { address, spacing: steps });
  if (sequence) gatherSequence(backend, modules, sequence, rows);
  else {
    spreadRows(backend, backend.values(dy) as Float32Array, columns, address);
    rows.fold(() => 0);
  }
  return { rows, owned: true };
}

/** Brings the gradients in a plan's rows to where their steps are; those of shared steps are added to the carrier's. */
function gatherSequence(
  backend: SimdBackend,
  modules: Modules,
  { plan, address }: SequenceGradient,
  to: RowsGradient,
): void {
  const { arena: memory, pool } = backend;
  const { batch, steps, stride, prefix } = to;
  const numbers = new Int32Array(batch * steps).fill(-1);
  const shared: [row: number, step: number][] = [];
  plan.sources().forEach((source, row) => {
    if (source < 0) return;
    const b = Math.floor(source / steps);
    if (source - b * steps >= firstStep(prefix, b)) numbers[source] = row;
    else shared.push([row, source - b * steps]);
  });
  const numbersAt = memory.allocate(numbers.length * 4);
  memory.i32.set(
    numbers.map((row) => Math.max(0, row)),
    numbersAt / 4,
  );
  const gather = modules.gather(stride, stride);
  pool.run(
    Array.from({ length: batch }, (_, b): Task => {
      const first = firstStep(prefix, b);
      return [gather, address, numbersAt + (b * steps + first) * 4, to.at(b, first), steps - first];
    }),
  );
  memory.free(numbersAt);
  const { f32 } = memory;
  numbers.forEach((row, place) => {
    const b = Math.floor(place / steps);
    if (row >= 0 || place - b * steps < firstStep(prefix, b)) return;
    const at = to.at(b, place - b * steps) / 4;
    f32.fill(0, at, at + stride);
  });
  for (const [row, step] of shared) {
    const from = address / 4 + row * stride;
    const at = to.at(prefix!.carrier, step) / 4;
    for (let c = 0; c < stride; c++) f32[at + c]! += f32[from + c]!;
  }
}
