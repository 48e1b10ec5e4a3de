/** What a recurrent layer reads on this engine: which steps it walks, the rows of its input, and where its gradient goes. */
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { EmbeddedTokens, TokenGradient, firstPlaces } from './embedding.ts';
import { padded } from './matrix.ts';
import type { Modules } from './modules.ts';
import { Plan, denseWalk, maskedWalk, sharingWalk, type Walk } from './plan.ts';
import type { Task } from './tasks.ts';
import { gatherRows, rowsOf } from './row-copies.ts';
import { SequenceGradient, StateSequence } from './sequences.ts';
import { TokenSlots } from './token-slots.ts';

/** Rows of the projected input that make one task. */
const CHUNK = 512;

/** Rows of projected input, and of their gradients, that one task takes. */
export interface Segment {
  from: number;
  count: number;
}

/** One batch as one layer reads it, (B, T, D): tokens by their rows in the table, the states of a layer below, or plain rows. */
export class RecurrentInput {
  readonly plan: Plan;
  /** D, and D rounded up to whole panels. */
  readonly columns: number;
  readonly stride: number;
  /** Address of the input's rows: one a token, or one an entry of the plan. */
  readonly x: number;
  /** Address of the number of the row that each entry reads. */
  readonly index: number;
  readonly segments: readonly Segment[];
  readonly tokens: TokenSlots | null;
  readonly mask: tf.DataId | null;
  readonly #backend: SimdBackend;
  readonly #source: tf.TensorInfo;
  readonly #embedded: EmbeddedTokens | null;
  readonly #ownsRows: boolean;

  constructor(
    backend: SimdBackend,
    modules: Modules,
    source: tf.TensorInfo,
    mask: tf.TensorInfo | null,
    goBackwards: boolean,
  ) {
    this.#backend = backend;
    this.#source = source;
    this.mask = mask?.dataId ?? null;
    this.columns = source.shape[2]!;
    this.stride = padded(this.columns);
    this.#embedded = backend.lazyOf(source, EmbeddedTokens) ?? null;
    const below = this.#statesBelow(goBackwards);
    this.#ownsRows = !below;
    if (this.#embedded) {
      const { plan, tokens } = this.#planOf(this.#embedded, modules, mask, goBackwards);
      this.plan = plan.retain();
      this.tokens = tokens;
      this.index = tokens.index;
      this.segments = segments(0, tokens.tokens.length);
      this.x = this.#gatherTokens(this.#embedded, modules, tokens.tokens);
      return;
    }
    this.tokens = null;
    if (below) {
      this.plan = below.plan.retain();
      this.x = below.address;
    } else ({ plan: this.plan, x: this.x } = this.#gatherRows(modules, mask, goBackwards));
    this.index = this.plan.identity();
    this.segments = this.plan.slices.flatMap(({ firstRow, entries }) => segments(firstRow, entries));
  }

  /** How many rows of input there are to project. */
  get rows(): number {
    return this.tokens ? this.tokens.tokens.length : this.plan.rows;
  }

  release(): void {
    if (this.#ownsRows) this.#backend.arena.free(this.x);
    this.plan.release();
  }

  /** The states of a layer below that walked the same steps, which are read where they lie. */
  #statesBelow(goBackwards: boolean): StateSequence | null {
    const below = this.#backend.lazyOf(this.#source, StateSequence);
    const same = below && !goBackwards && !below.plan.walk.backwards && below.mask === this.mask;
    return same ? below : null;
  }

  /** All layers that read the same tokens in the same way share a plan. */
  #planOf(embedded: EmbeddedTokens, modules: Modules, mask: tf.TensorInfo | null, goBackwards: boolean) {
    const { idsAt, batch, steps, table, plans } = embedded;
    const key = `${goBackwards} ${mask ? (mask.dataId as { id: number }).id : 'all'}`;
    const known = plans.get(key);
    if (known) return known;
    const walk = mask
      ? this.#maskedWalk(mask, goBackwards)
      : goBackwards
        ? denseWalk(batch, steps, true)
        : sharingWalk(embedded.padding(modules), steps);
    const plan = new Plan(this.#backend.arena, walk);
    const tokens = new TokenSlots(this.#backend, modules.tokens(), plan, idsAt, table.shape[0]!);
    plans.set(key, { plan, tokens });
    return { plan, tokens };
  }

  #maskedWalk(mask: tf.TensorInfo, goBackwards: boolean): Walk {
    const [batch, steps] = this.#source.shape as [number, number];
    return maskedWalk(this.#backend.values(mask), batch, steps, goBackwards);
  }

  /** The tokens' rows of the table, D rounded up to whole panels apart. */
  #gatherTokens({ table }: EmbeddedTokens, modules: Modules, tokens: Int32Array): number {
    const { arena, pool } = this.#backend;
    const x = arena.allocate(tokens.length * this.stride * 4);
    const numbers = arena.allocate(tokens.length * 4);
    arena.i32.set(tokens, numbers / 4);
    const gather = modules.gather(this.columns, this.stride);
    const from = this.#backend.address(table);
    pool.run(
      this.segments.map(({ from: at, count }): Task => [
        gather,
        from,
        numbers + at * 4,
        x + at * this.stride * 4,
        count,
      ]),
    );
    arena.free(numbers);
    return x;
  }

  /** Every entry's row, D rounded up to whole panels apart. */
  #gatherRows(modules: Modules, mask: tf.TensorInfo | null, goBackwards: boolean): { plan: Plan; x: number } {
    const [batch, steps] = this.#source.shape as [number, number];
    const { rows, owned } = rowsOf(this.#backend, modules, this.#source);
    const walk = mask
      ? this.#maskedWalk(mask, goBackwards)
      : rows.prefix && !goBackwards
        ? sharingWalk(rows.prefix.lengths, steps)
        : denseWalk(batch, steps, goBackwards);
    const plan = new Plan(this.#backend.arena, walk);
    const x = this.#backend.arena.allocate(plan.rows * this.stride * 4);
    gatherRows(this.#backend, modules, rows, plan, x);
    if (owned) rows.release();
    return { plan, x };
  }

  /** The input's gradient, whose rows lie at `address` as the input's own do; takes that memory over. */
  gradient(address: number): tf.TensorInfo {
    const { shape } = this.#source;
    if (!this.#embedded) {
      const lazy = new SequenceGradient(this.#backend, this.plan, address, this.columns);
      return this.#backend.makeLazy(shape, lazy);
    }
    const { stride, columns } = this;
    const rows = { tokens: this.tokens!.tokens, address, stride, columns };
    const places = firstPlaces(this.#embedded.ids);
    return this.#backend.makeLazy(shape, new TokenGradient(this.#backend.arena, rows, places));
  }
}

/** Rows from `first` on, in pieces of CHUNK. */
function segments(first: number, count: number): Segment[] {
  const pieces = Math.ceil(count / CHUNK);
  return Array.from({ length: pieces }, (_, i) => ({
    from: first + i * CHUNK,
    count: Math.min(CHUNK, count - i * CHUNK),
  }));
}
