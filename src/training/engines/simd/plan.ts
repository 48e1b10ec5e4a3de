/**
 * How a batch of sequences is walked: which rows make a slice, which of them are active at every step, and which row of the
 * projected input each step of each row reads. Made once per batch and shared by all recurrent layers that read the same
 * sequences in the same direction (RECURRENT.md, savings 1 and 2, layout).
 *
 * Masked steps do not change the state, so a masked sequence is walked as its real steps alone, moved to the end. Without
 * mask, rows that begin with the same padding share its trajectory: the row with the longest padding carries it, the others
 * join it where they begin.
 */
import type { Memory } from './memory.ts';

/** Enough slices for some threads, and no more than keep a step's product large. Never depends on the number of threads. */
const ROWS_PER_SLICE = 32;
const MOST_SLICES = 64;

export interface Slice {
  /** Batch row at each position; a step's active rows are the first positions. */
  rows: Int32Array;
  /** Step at which each position becomes active. */
  starts: Int32Array;
  /** Active rows at each step. */
  counts: Int32Array;
  /** The active (row, step) pairs, summed over steps. */
  entries: number;
  /** Where its rows begin in buffers that hold a row per entry (and a last block of states). */
  firstRow: number;
  /** Rows of the batch in the slices before. */
  position: number;
  /** Address of `counts` in the engine's memory. */
  countsAt: number;
}

/** What is to be walked. `length[r]` real steps of row r; the source step of its k-th is `sourceStep(r, k)`. */
export interface Walk {
  batch: number;
  /** T of the source. */
  sourceSteps: number;
  lengths: Int32Array;
  /** Steps of shared prefix in front of each row (0 where nothing is shared). */
  prefixes: Int32Array;
  joins: boolean;
  backwards: boolean;
  /** For masked sequences: the place row * T + step of each row's k-th real step, at row * T + k. */
  order: Int32Array | null;
  sourceStep(row: number, k: number): number;
}

export class Plan {
  readonly walk: Walk;
  readonly steps: number;
  readonly slices: Slice[];
  /** Rows of buffers that hold a row per entry. */
  readonly rows: number;
  readonly entries: number;
  readonly #memory: Memory;
  readonly #owned: number[] = [];
  #holders = 1;
  #identity: number | null = null;

  constructor(memory: Memory, walk: Walk) {
    this.#memory = memory;
    this.walk = walk;
    this.steps = walk.lengths.reduce((most, length) => Math.max(most, length), 1);
    this.slices = dealRows(walk, this.steps);
    let [firstRow, position] = [0, 0];
    for (const slice of this.slices) {
      slice.firstRow = firstRow;
      slice.position = position;
      slice.countsAt = this.own(4 * (this.steps + 1));
      memory.i32.set(slice.counts, slice.countsAt / 4);
      firstRow += slice.entries + slice.rows.length;
      position += slice.rows.length;
    }
    this.rows = firstRow;
    this.entries = this.slices.reduce((sum, { entries }) => sum + entries, 0);
  }

  /** Memory that lives as long as the plan. */
  own(bytes: number): number {
    const at = this.#memory.allocate(bytes);
    this.#owned.push(at);
    return at;
  }

  /** Address of the numbers 0, 1, 2, … of all rows: the index of an input that has a row per entry. */
  identity(): number {
    if (this.#identity === null) {
      this.#identity = this.own(4 * this.rows);
      const { i32 } = this.#memory;
      for (let row = 0; row < this.rows; row++) i32[this.#identity / 4 + row] = row;
    }
    return this.#identity;
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.#owned.forEach((at) => this.#memory.free(at));
  }

  /** Calls `visit` for every entry, step behind step: its row in the buffers, its batch row, its source step. */
  forEachEntry(visit: (row: number, batchRow: number, sourceStep: number) => void): void {
    const { walk, steps } = this;
    for (const { rows, starts, counts, firstRow } of this.slices) {
      let at = firstRow;
      for (let t = 0; t < steps; t++) {
        for (let p = 0; p < counts[t]!; p++)
          visit(at++, rows[p]!, walk.sourceStep(rows[p]!, walk.joins ? t : t - starts[p]!));
      }
    }
  }

  /** Where each entry's step stands in the source, batch row * T + step, by the entry's row; -1 in the rows between slices. */
  sources(): Int32Array {
    const sources = new Int32Array(this.rows).fill(-1);
    this.forEachEntry((row, batchRow, step) => (sources[row] = batchRow * this.walk.sourceSteps + step));
    return sources;
  }

  /** For each position of a slice, where its step t stands in the source (or in `walk.order`) less t, or plus t backwards. */
  bases({ rows, starts }: Slice): Int32Array {
    const { joins, order, backwards, sourceSteps, lengths } = this.walk;
    if (joins) return rows.map((row) => row * sourceSteps);
    if (order) return rows.map((row, p) => row * sourceSteps - starts[p]!);
    if (!backwards) return rows.map((row, p) => (row + 1) * sourceSteps - lengths[row]! - starts[p]!);
    return rows.map((row, p) => (row + 1) * sourceSteps - 1 + starts[p]!);
  }

  /**
   * Calls `visit` for all steps of a layer's output sequence that show an entry's state: the entry's row in the buffers, the
   * batch row, the first output step and the one behind the last. A masked step shows the state before it; before a row's
   * first real step nothing is shown. Rows that share a prefix all show its states.
   */
  forEachOutput(visit: (row: number, batchRow: number, from: number, to: number) => void): void {
    const { walk, steps } = this;
    for (const { rows, starts, counts, firstRow } of this.slices) {
      let at = firstRow;
      for (let t = 0; t < steps; t++) {
        const active = counts[t]!;
        for (let p = 0; p < (walk.joins ? rows.length : active); p++) {
          const row = rows[p]!;
          const k = walk.joins ? t : t - starts[p]!;
          const last = k + 1 >= walk.lengths[row]!;
          visit(
            p < active ? at + p : at,
            row,
            this.#outputStep(row, k),
            last ? walk.sourceSteps : this.#outputStep(row, k + 1),
          );
        }
        at += active;
      }
    }
  }

  /** Output steps count in the order of computation, as Keras returns them. */
  #outputStep(row: number, k: number): number {
    const { sourceSteps, backwards } = this.walk;
    const step = this.walk.sourceStep(row, k);
    return backwards ? sourceSteps - 1 - step : step;
  }
}

function dealRows({ batch, lengths, prefixes, joins }: Walk, steps: number): Slice[] {
  const starts = joins
    ? prefixes.map((prefix) => Math.min(prefix, steps - 1))
    : lengths.map((length) => steps - length);
  const count = Math.min(MOST_SLICES, Math.max(1, Math.round(batch / ROWS_PER_SLICE)));
  const hands: number[][] = Array.from({ length: count }, () => []);
  // Back and forth, so that no slice gets the longer row of every round.
  ascending(starts, steps).forEach((row, i) => {
    const round = Math.floor(i / count);
    hands[round % 2 ? count - 1 - (i % count) : i % count]!.push(row);
  });
  return hands.map((hand) => makeSlice(hand, starts, steps, joins));
}

/** The numbers of `values`, which are 0 to `most`, from the smallest to the largest; equal ones in their order. */
function ascending(values: Int32Array, most: number): Int32Array {
  const places = new Int32Array(most + 2);
  for (const value of values) places[value + 1]!++;
  for (let value = 1; value <= most; value++) places[value]! += places[value - 1]!;
  const order = new Int32Array(values.length);
  values.forEach((value, i) => (order[places[value]!++] = i));
  return order;
}

function makeSlice(hand: number[], startOf: Int32Array, steps: number, joins: boolean): Slice {
  // Ascending by start; the last of them, which begins latest, carries the shared prefix from step 0 on.
  const rows = Int32Array.from(joins ? [hand.at(-1)!, ...hand.slice(0, -1)] : hand);
  const starts = rows.map((row, position) => (joins && position === 0 ? 0 : startOf[row]!));
  const counts = new Int32Array(steps);
  let entries = 0;
  for (let p = 0; p < rows.length; p++) {
    const next = p + 1 < rows.length ? starts[p + 1]! : steps;
    counts.fill(p + 1, starts[p], next);
    entries += steps - starts[p]!;
  }
  return { rows, starts, counts, entries, firstRow: 0, position: 0, countsAt: 0 };
}

/** All steps of all rows, nothing shared. */
export function denseWalk(batch: number, steps: number, backwards: boolean): Walk {
  return {
    batch,
    sourceSteps: steps,
    lengths: new Int32Array(batch).fill(steps),
    prefixes: new Int32Array(batch),
    joins: false,
    backwards,
    order: null,
    sourceStep: backwards ? (_, k) => steps - 1 - k : (_, k) => k,
  };
}

/** The steps whose mask is not 0. A row without any has length 0. */
export function maskedWalk(mask: ArrayLike<number>, batch: number, steps: number, backwards: boolean): Walk {
  const lengths = new Int32Array(batch);
  const inFront = paddedInFront(mask, batch, steps, lengths);
  const order = inFront ? null : realSteps(mask, batch, steps, backwards, lengths);
  const sourceStep = order
    ? (row: number, k: number) => order[row * steps + k]! - row * steps
    : backwards
      ? (_: number, k: number) => steps - 1 - k
      : (row: number, k: number) => steps - lengths[row]! + k;
  const prefixes = new Int32Array(batch);
  return { batch, sourceSteps: steps, lengths, prefixes, joins: false, backwards, order, sourceStep };
}

/** Counts the real steps of every row up to where one does not stand at the end; false there. */
function paddedInFront(mask: ArrayLike<number>, batch: number, steps: number, lengths: Int32Array): boolean {
  for (let row = 0; row < batch; row++) {
    const end = (row + 1) * steps;
    let at = end;
    while (at > row * steps && mask[at - 1]) at--;
    lengths[row] = end - at;
    while (at > row * steps) if (mask[--at]) return false;
  }
  return true;
}

/** The place row * T + step of each row's k-th real step, at row * T + k. */
function realSteps(
  mask: ArrayLike<number>,
  batch: number,
  steps: number,
  backwards: boolean,
  lengths: Int32Array,
): Int32Array {
  lengths.fill(0);
  const order = new Int32Array(batch * steps);
  for (let row = 0; row < batch; row++) {
    for (let k = 0; k < steps; k++) {
      const at = row * steps + (backwards ? steps - 1 - k : k);
      if (mask[at]) order[row * steps + lengths[row]!++] = at;
    }
  }
  return order;
}

/** All steps of sequences that begin with so many steps of one shared prefix. */
export function sharingWalk(prefixes: Int32Array, steps: number): Walk {
  return { ...denseWalk(prefixes.length, steps, false), prefixes, joins: true };
}
