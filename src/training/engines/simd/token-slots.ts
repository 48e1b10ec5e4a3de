/** The different tokens among the entries of a plan, and the entries of each. */
import type { SimdBackend } from './backend.ts';
import type { Memory } from './memory.ts';
import type { Kernels } from './modules.ts';
import type { Plan } from './plan.ts';
import type { Task } from './tasks.ts';
import { evenly, outsideVocabulary } from './token-places.ts';

/** Entries of tokens that make one task. */
const ENTRIES = 2048;

/** The different tokens of a batch, numbered in the order met: the slots of projected rows and of gradients. */
export class TokenSlots {
  readonly tokens: Int32Array;
  /** Address of each plan row's slot (-1 in the rows between slices). */
  readonly index: number;
  /** Addresses, once grouped: rows of slot s are list[starts[s]] … list[starts[s + 1] - 1]. */
  readonly starts: number;
  readonly list: number;
  readonly #arena: Memory;
  readonly #plan: Plan;
  readonly #kernels: Kernels;
  #grouped = false;

  /**
   * @param idsAt address of the ids (B, T); the slots live as long as the plan
   * @throws UnrollError `input-invalid` for a token outside the vocabulary
   */
  constructor(backend: SimdBackend, kernels: Kernels, plan: Plan, idsAt: number, vocabulary: number) {
    const { arena, pool } = backend;
    const most = Math.min(vocabulary, plan.entries);
    this.#arena = arena;
    this.#plan = plan;
    this.#kernels = kernels;
    this.index = plan.own(4 * plan.rows);
    this.list = plan.own(4 * plan.rows);
    this.starts = plan.own(4 * (most + 1));
    const [sources, slotOf, tokens] = [plan.rows, vocabulary, most].map((count) => arena.allocate(4 * count));
    const result = arena.allocate(8);
    walkSources(backend, kernels, plan, sources!);
    for (const [at, count] of [
      [slotOf!, vocabulary],
      [this.starts, most + 1],
      [result, 2],
    ] as const)
      arena.i32.fill(0, at / 4, at / 4 + count);
    pool.call(
      kernels.numberTokens!,
      ...[sources!, idsAt, plan.rows, vocabulary],
      ...[slotOf!, this.index, tokens!, this.starts, result],
    );
    const [count, outside] = [arena.i32[result / 4]!, arena.i32[result / 4 + 1]!];
    this.tokens = arena.integers(tokens!, count).slice();
    for (const at of [sources!, slotOf!, tokens!, result]) arena.free(at);
    if (outside !== 0) throw outsideVocabulary(outside - 1, vocabulary);
  }

  /** The task that fills `list`, unless it was given out before; `starts` holds ends before and starts after it. */
  grouping(): Task[] {
    if (this.#grouped) return [];
    this.#grouped = true;
    const task: Task = [this.#kernels.groupRows!, this.index, this.#plan.rows, this.starts, this.list];
    return [task];
  }

  /** Ranges of slots with about as many rows each; to be asked once they are grouped. */
  ranges(): [from: number, to: number][] {
    return evenly(this.#arena.integers(this.starts, this.tokens.length + 1), ENTRIES);
  }
}

/** Where each row's token stands in the ids; -1 in the rows between slices. */
function walkSources({ arena, pool }: SimdBackend, kernels: Kernels, plan: Plan, to: number): void {
  const { order, backwards } = plan.walk;
  const orderAt = order ? arena.allocate(4 * order.length) : 0;
  if (order) arena.i32.set(order, orderAt / 4);
  for (const slice of plan.slices) {
    const { firstRow, entries, rows, countsAt } = slice;
    const bases = arena.allocate(4 * rows.length);
    arena.i32.set(plan.bases(slice), bases / 4);
    const stride = backwards && !order ? -1 : 1;
    pool.call(kernels.walkSources!, plan.steps, countsAt, bases, stride, orderAt, to + firstRow * 4);
    arena.i32.fill(-1, to / 4 + firstRow + entries, to / 4 + firstRow + entries + rows.length);
    arena.free(bases);
  }
  if (order) arena.free(orderAt);
}
