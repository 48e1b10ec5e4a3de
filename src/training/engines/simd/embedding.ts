/** The op `embedding` on this engine: forward a recipe, backward gradients by row, up to the optimizer's update. */
import * as tf from '@tensorflow/tfjs-core';
import { EMBEDDING, EMBEDDING_GRADIENT } from '../../ops/embedding.ts';
import { BACKEND, Lazy, type SimdBackend } from './backend.ts';
import type { Memory } from './memory.ts';
import type { Modules } from './modules.ts';
import type { Plan } from './plan.ts';
import type { TokenSlots } from './token-slots.ts';

/** An embedding's output: the ids and the table, not yet looked up. Recurrent layers keep their plans here. */
export class EmbeddedTokens extends Lazy {
  readonly ids: Int32Array;
  readonly #tensor: tf.TensorInfo;
  readonly batch: number;
  readonly steps: number;
  readonly table: tf.TensorInfo;
  readonly plans = new Map<string, { plan: Plan; tokens: TokenSlots }>();
  readonly #backend: SimdBackend;
  #padding: Int32Array | null = null;

  constructor(backend: SimdBackend, ids: tf.TensorInfo, table: tf.TensorInfo) {
    super();
    this.#backend = backend;
    this.#tensor = ids;
    this.ids = backend.values(ids) as Int32Array;
    [this.batch, this.steps] = ids.shape as [number, number];
    this.table = table;
  }

  /** Where the ids lie in the engine's memory. */
  get idsAt(): number {
    return this.#backend.address(this.#tensor);
  }

  /** How many zeros stand in front of every row of the ids. @param modules of the engine, which has the kernel that counts */
  padding(modules: Modules): Int32Array {
    if (this.#padding) return this.#padding;
    const { arena, pool } = this.#backend;
    const counts = arena.allocate(this.batch * 4);
    pool.call(modules.tokens().countZeros!, this.idsAt, this.batch, this.steps, counts);
    this.#padding = arena.integers(counts, this.batch).slice();
    arena.free(counts);
    return this.#padding;
  }

  override values(): Float32Array {
    const columns = this.table.shape[1]!;
    const table = this.#backend.values(this.table) as Float32Array;
    const rows = new Float32Array(this.ids.length * columns);
    this.ids.forEach((id, i) => rows.set(table.subarray(id * columns, (id + 1) * columns), i * columns));
    return rows;
  }

  override release(): void {
    for (const { plan } of this.plans.values()) plan.release();
  }
}

type Place = (tokens: Int32Array) => { rows: number; at: Int32Array };

/** Gradient rows by token: of an embedding's output (`steps` > 0, summed over the token's places) or of its table. */
export class TokenGradient extends Lazy {
  readonly memory: Memory;
  readonly tokens: Int32Array;
  /** Rows of `stride` floats in the engine's memory, one per token. */
  readonly address: number;
  readonly stride: number;
  readonly columns: number;
  /** Where in the full tensor each token's row stands when it is asked for, and how many rows that has. */
  readonly place: Place;
  /** How many gradients show these rows. */
  readonly #holders: { count: number };

  constructor(
    memory: Memory,
    rows: { tokens: Int32Array; address: number; stride: number; columns: number },
    place: Place,
    holders = { count: 0 },
  ) {
    super();
    holders.count++;
    this.#holders = holders;
    this.memory = memory;
    this.tokens = rows.tokens;
    this.address = rows.address;
    this.stride = rows.stride;
    this.columns = rows.columns;
    this.place = place;
  }

  override values(): Float32Array {
    const { rows, at } = this.place(this.tokens);
    const full = new Float32Array(rows * this.columns);
    at.forEach((row, slot) =>
      full.set(this.memory.floats(this.address + slot * this.stride * 4, this.columns), row * this.columns),
    );
    return full;
  }

  /** The same rows with other places. */
  placed(place: Place): TokenGradient {
    return new TokenGradient(this.memory, this, place, this.#holders);
  }

  override release(): void {
    if (--this.#holders.count === 0) this.memory.free(this.address);
  }
}

const places = new WeakMap<Int32Array, Place>();

/** Any distribution over a token's places has the same gradient for the table; the sum stands at its first place. */
export function firstPlaces(ids: Int32Array): Place {
  let place = places.get(ids);
  if (!place) {
    place = (tokens) => ({ rows: ids.length, at: tokens.map((token) => ids.indexOf(token)) });
    places.set(ids, place);
  }
  return place;
}

/** The sum of two gradients of one embedding's output: each token of either once, those of `a` first. */
function addByToken(backend: SimdBackend, a: TokenGradient, b: TokenGradient): TokenGradient {
  const { arena, pool } = backend;
  pool.settle();
  const { stride, columns, place } = a;
  const slotOf = new Map<number, number>();
  a.tokens.forEach((token, slot) => slotOf.set(token, slot));
  for (const token of b.tokens) if (!slotOf.has(token)) slotOf.set(token, slotOf.size);
  const address = arena.allocate(slotOf.size * stride * 4);
  const sums = arena.floats(address, slotOf.size * stride);
  sums.set(arena.floats(a.address, a.tokens.length * stride));
  sums.fill(0, a.tokens.length * stride);
  const added = arena.floats(b.address, b.tokens.length * stride);
  b.tokens.forEach((token, slot) => {
    const to = slotOf.get(token)! * stride;
    for (let c = 0; c < columns; c++) sums[to + c]! += added[slot * stride + c]!;
  });
  const tokens = Int32Array.from(slotOf.keys());
  return new TokenGradient(arena, { tokens, address, stride, columns }, place);
}

/** Where an embedding has several readers, tfjs adds up their gradients: by token, as long as all of them are. */
function registerAddition(): void {
  const dense = tf.getKernel('Add', 'cpu').kernelFunc;
  tf.unregisterKernel('Add', BACKEND);
  tf.registerKernel({
    kernelName: 'Add',
    backendName: BACKEND,
    kernelFunc: (call) => {
      const simd = call.backend as SimdBackend;
      const { a, b } = call.inputs as Record<'a' | 'b', tf.TensorInfo>;
      const [x, y] = [simd.lazyOf(a, TokenGradient), simd.lazyOf(b, TokenGradient)];
      if (x && y && x.place === y.place) return simd.makeLazy(a.shape, addByToken(simd, x, y));
      return dense(call);
    },
  });
}

function tableGradient(
  backend: SimdBackend,
  dy: tf.TensorInfo,
  table: tf.TensorInfo,
  sum: () => TokenGradient,
): tf.TensorInfo {
  const [vocabulary, columns] = table.shape as [number, number];
  const known = backend.lazyOf(dy, TokenGradient);
  if (known) {
    const inTable = known.placed((tokens) => ({ rows: vocabulary, at: tokens }));
    return backend.makeLazy([vocabulary, columns], inTable);
  }
  return backend.makeLazy([vocabulary, columns], sum());
}

/** Sums the rows of a gradient dy (B, T, E) that stand in their places by token. */
type SumByToken = (
  backend: SimdBackend,
  dy: tf.TensorInfo,
  ids: tf.TensorInfo,
  table: tf.TensorInfo,
) => TokenGradient;

export function registerEmbedding(sumByToken: SumByToken): void {
  registerAddition();
  tf.registerKernel({
    kernelName: EMBEDDING,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) => {
      const { table, ids } = inputs as { table: tf.TensorInfo; ids: tf.TensorInfo };
      const simd = backend as SimdBackend;
      return simd.makeLazy([...ids.shape, table.shape[1]!], new EmbeddedTokens(simd, ids, table));
    },
  });
  tf.registerKernel({
    kernelName: EMBEDDING_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) => {
      const { dy, table, ids } = inputs as Record<'dy' | 'table' | 'ids', tf.TensorInfo>;
      const simd = backend as SimdBackend;
      return tableGradient(simd, dy, table, () => sumByToken(simd, dy, ids, table));
    },
  });
}
