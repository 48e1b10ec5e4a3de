/** Reads and hands on tensors as rows, whatever form they have: copies between rows, plans of recurrent layers and embeddings. */
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { EmbeddedTokens } from './embedding.ts';
import { padded } from './matrix.ts';
import type { Modules } from './modules.ts';
import type { Plan } from './plan.ts';
import type { Task } from './tasks.ts';
import { Rows, RowsGradient, firstStep, type Prefix, type RowsShape } from './rows.ts';
import { SequenceGradient, StateSequence } from './sequences.ts';
import { outsideVocabulary } from './token-places.ts';

/** Rows copied by one task. */
const CHUNK = 512;

/** A tensor (B, T, C) that is known as rows, or null. */
function rowsAt(backend: SimdBackend, tensor: tf.TensorInfo): Rows | null {
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
  const sequence = shownStepByStep(backend, tensor);
  if (stride === columns && !embedded && !sequence) {
    const address = backend.address(tensor);
    return { rows: new Rows(backend, shape, { address, spacing: steps }), owned: false };
  }
  const address = backend.arena.allocate(batch * steps * stride * 4);
  if (sequence) {
    const { plan, address: from } = sequence;
    const prefix = prefixOf(plan);
    const rows = new Rows(backend, { ...shape, prefix }, { address, spacing: steps });
    spreadPlan(backend, modules, plan, from, rows);
    return { rows, owned: true };
  }
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
  shape: RowsShape,
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
  const shared = spreadPlan(backend, modules, plan, address, to);
  const { f32 } = backend.arena;
  const { stride, prefix } = to;
  for (const [row, step] of shared) {
    const from = address / 4 + row * stride;
    const at = to.at(prefix!.carrier, step) / 4;
    for (let c = 0; c < stride; c++) f32[at + c]! += f32[from + c]!;
  }
}

/**
 * Copies a plan's rows to where their steps are, zeros where a step has none. Gives the rows of shared steps that stand
 * in others than the carrier, each with its step; they are not copied.
 */
function spreadPlan(
  backend: SimdBackend,
  modules: Modules,
  plan: Plan,
  address: number,
  to: Rows | RowsGradient,
): [row: number, step: number][] {
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
  return shared;
}

/** A layer's output sequence whose every step shows the state of that very step, of the tensor's shape, or null. */
function shownStepByStep(backend: SimdBackend, tensor: tf.TensorInfo): StateSequence | null {
  const known = backend.lazyOf(tensor, StateSequence);
  if (!known || known.plan.walk.backwards || known.plan.walk.order) return null;
  const { batch, sourceSteps } = known.plan.walk;
  const shape = [batch, sourceSteps, known.units];
  return shape.every((size, axis) => size === tensor.shape[axis]) ? known : null;
}

const prefixes = new WeakMap<Plan, Prefix>();

/** The prefix that the rows of a plan share, always the same one, or null. Its carrier is one that the plan walks from step 0 on. */
function prefixOf(plan: Plan): Prefix | null {
  const { joins, sourceSteps } = plan.walk;
  if (!joins) return null;
  const known = prefixes.get(plan);
  if (known) return known;
  // The plan walks the last step of a row that is nothing but padding like any other.
  const lengths = plan.walk.prefixes.map((length) => Math.min(length, sourceSteps - 1));
  const carriers = plan.slices.map(({ rows }) => rows[0]!);
  const carrier = carriers.reduce((most, row) => (lengths[row]! > lengths[most]! ? row : most));
  const prefix = { lengths, carrier };
  prefixes.set(plan, prefix);
  return prefix;
}

/**
 * The gradient of a layer's output sequence in its plan's rows, for the caller to free, or null where it has to be summed
 * over the steps that show one state.
 */
export function gradientInPlan(
  backend: SimdBackend,
  modules: Modules,
  dy: tf.TensorInfo,
  plan: Plan,
): number | null {
  const rows = backend.lazyOf(dy, RowsGradient);
  const { backwards, order } = plan.walk;
  // The same gradient may have been given out flattened.
  const same = rows && [rows.batch, rows.steps, rows.columns].every((size, axis) => size === dy.shape[axis]);
  if (!same || backwards || order || rows.prefix !== prefixOf(plan)) return null;
  const { arena: memory } = backend;
  const { stride, steps, spacing, prefix } = rows;
  const address = memory.allocate(plan.rows * stride * 4);
  const absent: number[] = [];
  const numbers = plan.sources().map((source, row) => {
    const b = Math.floor(source / steps);
    if (source >= 0 && source - b * steps >= firstStep(prefix, b)) return b * spacing + source - b * steps;
    absent.push(row);
    return 0;
  });
  const numbersAt = memory.allocate(numbers.length * 4);
  memory.i32.set(numbers, numbersAt / 4);
  const copied = { columns: stride, from: rows.address, numbers: numbersAt, count: numbers.length };
  copyRows(backend, modules, { ...copied, to: address });
  memory.free(numbersAt);
  const { f32 } = memory;
  for (const row of absent) f32.fill(0, address / 4 + row * stride, address / 4 + (row + 1) * stride);
  return address;
}
