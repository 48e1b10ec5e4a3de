/** The op `convolution` on the tokens of an embedding: a table of every tap's product with every different token. */
import type * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../../ops/convolution.ts';
import { windowsOn, type Windows } from '../../ops/windows.ts';
import type { SimdBackend } from './backend.ts';
import { TokenGradient, firstPlaces, type EmbeddedTokens } from './embedding.ts';
import { outsideVocabulary } from './token-slots.ts';
import { packMatrix } from './gate-layout.ts';
import type { FusedName } from './kernels/activation.ts';
import type { Kernels, Modules } from './modules.ts';
import { Partials } from './partials.ts';
import type { Task } from './pool.ts';
import { Rows, firstStep, gradientRows, type Prefix } from './rows.ts';
import { KernelLayout, prefixOfWindows } from './taps.ts';

/** Rows of the table, and places of tokens, that make one task. */
const TOKENS = 256;
const PLACES = 512;

/** What adding a row of the table costs, in multiplications by a row of the kernel, measured: it is read from far away. */
const ADDITION = 2;

/** What it is computed from. */
interface Weights {
  kernel: tf.TensorInfo;
  bias: tf.TensorInfo;
}

/** The tokens of a batch numbered in the order met, by padded position; positions that no window sees are left out. */
interface Numbered {
  tokens: Int32Array;
  /** Numbers, B times the padded length; the number behind the last stands for padding, -1 where no window looks. */
  index: Int32Array;
  /** Positions that hold a token. */
  places: number;
}

export class TokenConvolution {
  readonly #backend: SimdBackend;
  readonly #modules: Modules;
  readonly #kernels: Kernels;
  readonly #embedded: EmbeddedTokens;
  readonly #weights: Weights;
  readonly #attributes: ConvolutionAttributes;
  readonly #layout: KernelLayout;
  readonly #windows: Windows;
  readonly #prefix: Prefix | null;
  readonly #numbered: Numbered;
  /** Steps of a batch row with its padding. */
  readonly #length: number;
  /** Rows of the embedding by token number. */
  readonly #x: number;
  #y!: Rows;

  private constructor(
    backend: SimdBackend,
    modules: Modules,
    embedded: EmbeddedTokens,
    weights: Weights,
    attributes: ConvolutionAttributes,
    read: { windows: Windows; prefix: Prefix | null; numbered: Numbered },
  ) {
    this.#backend = backend;
    this.#modules = modules;
    this.#embedded = embedded;
    this.#weights = weights;
    this.#attributes = attributes;
    this.#layout = new KernelLayout(weights.kernel.shape as [number, number, number]);
    this.#windows = read.windows;
    this.#prefix = read.prefix;
    this.#numbered = read.numbered;
    this.#length = embedded.steps + read.windows.front + read.windows.back;
    const { rows: inputs, columns: filters, size } = this.#layout;
    const { strides, activation } = attributes;
    const shape = { inputs, filters, size, strides, activation: activation as FusedName };
    this.#kernels = modules.tokenConvolution(shape);
    this.#x = this.#gather();
  }

  /** Null where the table would cost more than it saves, and where taps do not stand together. */
  static of(
    backend: SimdBackend,
    modules: Modules,
    embedded: EmbeddedTokens,
    weights: Weights,
    attributes: ConvolutionAttributes,
  ): TokenConvolution | null {
    const { strides, padding, dilation } = attributes;
    if (dilation > 1) return null;
    const [size, columns] = weights.kernel.shape as [number, number, number];
    const windows = windowsOn(embedded.steps, { size, strides, padding, dilation });
    const prefix = prefixOfWindows(paddingPrefix(embedded), { span: size, strides, ...windows });
    const numbered = numberTokens(embedded, windows, prefix, strides);
    if (numbered.tokens.length * columns + numbered.places * ADDITION > numbered.places * columns)
      return null;
    return new TokenConvolution(backend, modules, embedded, weights, attributes, {
      windows,
      prefix,
      numbered,
    });
  }

  release(): void {
    this.#backend.arena.free(this.#x);
  }

  #gather(): number {
    const { arena: memory, pool } = this.#backend;
    const { tokens } = this.#numbered;
    const stride = this.#layout.rows;
    const x = memory.allocate(tokens.length * stride * 4);
    const numbers = memory.allocate(tokens.length * 4);
    memory.i32.set(tokens, numbers / 4);
    const from = this.#backend.address(this.#embedded.table);
    pool.call(this.#modules.gather(this.#layout.inputs, stride), from, numbers, x, tokens.length);
    memory.free(numbers);
    return x;
  }

  /** Calls `make` with pieces of the tokens. */
  #segments(make: (from: number, count: number) => Task): Task[] {
    const { length } = this.#numbered.tokens;
    return Array.from({ length: Math.ceil(length / TOKENS) }, (_, i) =>
      make(i * TOKENS, Math.min(TOKENS, length - i * TOKENS)),
    );
  }

  #output(): { batch: number; steps: number; columns: number; prefix: Prefix | null } {
    const { batch } = this.#embedded;
    return { batch, steps: this.#windows.steps, columns: this.#layout.filters, prefix: this.#prefix };
  }

  forward(): tf.TensorInfo {
    const { arena: memory, pool } = this.#backend;
    const layout = this.#layout;
    const width = layout.size * layout.columns;
    const { tokens, index } = this.#numbered;
    const table = memory.allocate((tokens.length + 1) * width * 4);
    memory.floats(table + tokens.length * width * 4, width).fill(0);
    const beside = layout.spreadBeside(this.#backend.values(this.#weights.kernel));
    const kernel = packMatrix(memory, beside, layout.rows, width, false);
    pool.run(
      this.#segments((from, count) => {
        const x = this.#x + from * layout.rows * 4;
        return [this.#kernels.project!, x, kernel, table + from * width * 4, count, 0, 0];
      }),
    );
    const bias = memory.allocate(layout.columns * 4);
    memory.floats(bias, layout.columns).fill(0).set(this.#backend.values(this.#weights.bias));
    const indexAt = memory.allocate(index.length * 4);
    memory.i32.set(index, indexAt / 4);
    const y = this.#sumTaps(table, indexAt, bias);
    for (const address of [table, kernel, bias, indexAt]) memory.free(address);
    return y;
  }

  #sumTaps(table: number, index: number, bias: number): tf.TensorInfo {
    const { batch, steps, columns } = this.#output();
    const address = this.#backend.arena.allocate(batch * steps * this.#layout.columns * 4);
    this.#y = new Rows(this.#backend, this.#output(), { address, spacing: steps });
    this.#backend.pool.run(
      Array.from({ length: batch }, (_, row): Task => {
        const first = firstStep(this.#prefix, row);
        const at = index + (row * this.#length + first * this.#attributes.strides) * 4;
        return [this.#kernels.sumTaps!, at, table, this.#y.at(row, first), steps - first, bias];
      }),
    );
    return this.#backend.makeLazy([batch, steps, columns], this.#y);
  }

  /** dx, dKernel, dBias. */
  backward(dy: tf.TensorInfo): tf.TensorInfo[] {
    const { arena: memory, pool } = this.#backend;
    const layout = this.#layout;
    const { filters } = layout;
    const width = layout.size * layout.columns;
    const { tokens } = this.#numbered;
    const { dz, dBias } = this.#slopes(dy);
    const dTable = this.#sumByToken(dz);
    memory.free(dz);
    const beside = layout.spreadBeside(this.#backend.values(this.#weights.kernel));
    const transposed = packMatrix(memory, beside, layout.rows, width, true);
    const dx = memory.allocate(tokens.length * layout.rows * 4);
    const parts = new Partials(this.#backend, Math.ceil(tokens.length / TOKENS), layout.floats);
    const rowOf = (address: number, row: number, stride: number) => address + row * stride * 4;
    const { kernelGradient, inputGradient } = this.#kernels;
    pool.run([
      ...this.#segments((from, count) => [
        kernelGradient!,
        rowOf(this.#x, from, layout.rows),
        rowOf(dTable, from, width),
        parts.address(from / TOKENS),
        count,
      ]),
      ...this.#segments((from, count) => [
        inputGradient!,
        rowOf(dTable, from, width),
        transposed,
        rowOf(dx, from, layout.rows),
        count,
        0,
        0,
      ]),
    ]);
    memory.free(dTable);
    memory.free(transposed);
    const rows = { tokens, address: dx, stride: layout.rows, columns: layout.inputs };
    const { batch, steps, ids } = this.#embedded;
    return [
      this.#backend.makeLazy(
        [batch, steps, layout.inputs],
        new TokenGradient(memory, rows, firstPlaces(ids)),
      ),
      this.#backend.makeTensorInfo(this.#weights.kernel.shape, 'float32', layout.gatherBeside(parts.sum())),
      this.#backend.makeTensorInfo([filters], 'float32', dBias.slice(0, filters)),
    ];
  }

  /**
   * dz by padded position: that of a window stands at its last tap, zeros where no window is, so that the K rows from a
   * position on are the windows that see it, each through the tap of its place.
   */
  #slopes(dy: tf.TensorInfo): { dz: number; dBias: Float32Array } {
    const { arena: memory, pool } = this.#backend;
    const { size, columns } = this.#layout;
    const { strides } = this.#attributes;
    const { batch, steps } = this.#output();
    const gradient = gradientRows(this.#backend, this.#modules, dy, this.#output());
    const positions = batch * this.#length + size - 1;
    const dz = memory.allocate(positions * columns * 4);
    const { f32 } = memory;
    const clear = (position: number, count: number) =>
      f32.fill(0, dz / 4 + position * columns, dz / 4 + (position + count) * columns);
    if (strides > 1) clear(0, positions);
    const parts = new Partials(this.#backend, batch, columns);
    const tasks = Array.from({ length: batch }, (_, row): Task => {
      const first = firstStep(this.#prefix, row);
      const position = row * this.#length + first * strides;
      clear(row * this.#length, size - 1);
      clear(position, size - 1);
      const places = [gradient.rows.at(row, first), this.#y.at(row, first)] as const;
      const to = dz + (position + size - 1) * columns * 4;
      return [this.#kernels.slopeRows!, ...places, to, steps - first, parts.address(row)];
    });
    clear(batch * this.#length, size - 1);
    pool.run(tasks);
    if (gradient.owned) gradient.rows.release();
    return { dz, dBias: parts.sum() };
  }

  /** dz summed over the places of each token, tap by tap. */
  #sumByToken(dz: number): number {
    const { arena: memory, pool } = this.#backend;
    const { tokens, index } = this.#numbered;
    const width = this.#layout.size * this.#layout.columns;
    const { starts, list } = placesOf(index, tokens.length);
    const startsAt = memory.allocate(starts.length * 4);
    const listAt = memory.allocate(list.length * 4);
    memory.i32.set(starts, startsAt / 4);
    memory.i32.set(list, listAt / 4);
    const sums = memory.allocate(tokens.length * width * 4);
    pool.run(
      evenly(starts).map(([from, to]): Task => [
        this.#kernels.sumWindows!,
        startsAt + from * 4,
        listAt,
        dz,
        sums + from * width * 4,
        to - from,
      ]),
    );
    memory.free(startsAt);
    memory.free(listAt);
    return sums;
  }
}

/** Zeros in front of every batch row; the row with most of them carries the others'. */
function paddingPrefix({ ids, batch, steps }: EmbeddedTokens): Prefix {
  const lengths = new Int32Array(batch);
  let carrier = 0;
  for (let row = 0; row < batch; row++) {
    let length = 0;
    while (length < steps && ids[row * steps + length] === 0) length++;
    lengths[row] = length;
    if (length > lengths[carrier]!) carrier = row;
  }
  return { lengths, carrier };
}

/** @throws UnrollError `input-invalid` for a token outside the vocabulary */
function numberTokens(
  { ids, batch, steps, table }: EmbeddedTokens,
  { front, back }: Windows,
  prefix: Prefix | null,
  strides: number,
): Numbered {
  const vocabulary = table.shape[0]!;
  const length = front + steps + back;
  const slotOf = new Int32Array(vocabulary).fill(-1);
  const tokens = new Int32Array(Math.min(vocabulary, ids.length));
  const index = new Int32Array(batch * length).fill(-1);
  let [count, places] = [0, 0];
  for (let row = 0; row < batch; row++) {
    const first = Math.max(front, firstStep(prefix, row) * strides);
    places += front + steps - first;
    for (let position = first; position < front + steps; position++) {
      const id = ids[row * steps + position - front]!;
      let slot = slotOf[id];
      if (slot === undefined) throw outsideVocabulary(id, vocabulary);
      if (slot < 0) {
        slot = slotOf[id] = count++;
        tokens[slot] = id;
      }
      index[row * length + position] = slot;
    }
  }
  for (let row = 0; row < batch; row++) {
    index.fill(count, row * length, row * length + front);
    index.fill(count, row * length + front + steps, (row + 1) * length);
  }
  return { tokens: tokens.slice(0, count), index, places };
}

/** Positions of each token, token behind token: those of token i are list[starts[i]] … list[starts[i + 1] - 1]. */
function placesOf(index: Int32Array, tokens: number): { starts: Int32Array; list: Int32Array } {
  const starts = new Int32Array(tokens + 1);
  for (const token of index) if (token >= 0 && token < tokens) starts[token + 1]!++;
  for (let token = 0; token < tokens; token++) starts[token + 1]! += starts[token]!;
  const next = starts.slice();
  const list = new Int32Array(starts[tokens]!);
  for (let position = 0; position < index.length; position++) {
    const token = index[position]!;
    if (token >= 0 && token < tokens) list[next[token]!++] = position;
  }
  return { starts, list };
}

/** Ranges of tokens with about PLACES places each: a few words make up half of a text. */
function evenly(starts: Int32Array): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  const tokens = starts.length - 1;
  for (let from = 0, to = 1; to <= tokens; to++) {
    if (to < tokens && starts[to + 1]! - starts[from]! <= PLACES) continue;
    ranges.push([from, to]);
    from = to;
  }
  return ranges;
}
