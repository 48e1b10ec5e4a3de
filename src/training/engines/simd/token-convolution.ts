/** The op `convolution` on the tokens of an embedding: a table of every tap's product with every different token. */
import type * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../../ops/convolution.ts';
import { windowsOn, type Windows } from '../../ops/windows.ts';
import type { SimdBackend } from './backend.ts';
import { TokenGradient, firstPlaces, type EmbeddedTokens } from './embedding.ts';
import type { FusedName } from './kernels/activation.ts';
import type { Kernels, Modules } from './modules.ts';
import { Partials } from './partials.ts';
import type { Task } from './tasks.ts';
import { gradientRows } from './row-copies.ts';
import { Rows, firstStep, type Prefix } from './rows.ts';
import { KernelLayout, packEach, prefixOfWindows } from './taps.ts';
import { TokenPlaces } from './token-places.ts';

/** Rows of the table that make one task. */
const TOKENS = 512;

/** What adding a row of the table costs, in multiplications by a row of the kernel, measured: it is read from far away. */
const ADDITION = 2;

/** What it is computed from. */
interface Weights {
  kernel: tf.TensorInfo;
  bias: tf.TensorInfo;
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
  readonly #places: TokenPlaces;
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
    read: { windows: Windows; prefix: Prefix | null; places: TokenPlaces },
  ) {
    this.#backend = backend;
    this.#modules = modules;
    this.#embedded = embedded;
    this.#weights = weights;
    this.#attributes = attributes;
    this.#layout = new KernelLayout(weights.kernel.shape as [number, number, number]);
    this.#windows = read.windows;
    this.#prefix = read.prefix;
    this.#places = read.places;
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
    const prefix = prefixOfWindows(paddingPrefix(embedded, modules), { span: size, strides, ...windows });
    const sources = sourcesOf(embedded, windows, prefix, strides);
    const places = new TokenPlaces(backend, modules, sources, embedded.idsAt, embedded.table.shape[0]!);
    const { tokens, count } = places;
    if (tokens.length * columns + count * ADDITION <= count * columns)
      return new TokenConvolution(backend, modules, embedded, weights, attributes, {
        windows,
        prefix,
        places,
      });
    places.release();
    return null;
  }

  release(): void {
    this.#backend.arena.free(this.#x);
    this.#places.release();
  }

  #gather(): number {
    const { arena: memory, pool } = this.#backend;
    const { tokens } = this.#places;
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
    const { length } = this.#places.tokens;
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
    const { tokens, index } = this.#places;
    // In front a row of zeros: that of number -1, which padding has.
    const block = memory.allocate((tokens.length + 1) * width * 4);
    memory.floats(block, width).fill(0);
    const table = block + width * 4;
    const beside = layout.spreadBeside(this.#backend.values(this.#weights.kernel));
    const kernel = packEach(memory, beside, 1, width, false);
    pool.run(
      this.#segments((from, count) => {
        const x = this.#x + from * layout.rows * 4;
        return [this.#kernels.project!, x, kernel, table + from * width * 4, count, 0, 0];
      }),
    );
    const bias = memory.allocate(layout.columns * 4);
    memory.floats(bias, layout.columns).fill(0).set(this.#backend.values(this.#weights.bias));
    const y = this.#sumTaps(table, index, bias);
    for (const address of [block, kernel, bias]) memory.free(address);
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
    const { tokens } = this.#places;
    const { dz, dBias } = this.#slopes(dy);
    const dTable = this.#places.sums(dz, width, layout.columns);
    memory.free(dz);
    const beside = layout.spreadBeside(this.#backend.values(this.#weights.kernel));
    const transposed = packEach(memory, beside, 1, width, true);
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
}

/** Zeros in front of every batch row; the first row with the most of them carries the others'. */
function paddingPrefix(embedded: EmbeddedTokens, modules: Modules): Prefix {
  const lengths = embedded.padding(modules);
  return { lengths, carrier: lengths.indexOf(Math.max(...lengths)) };
}

/** Where the token of every padded position stands in the ids; -1 in the padding and where no window looks. */
function sourcesOf(
  { batch, steps }: EmbeddedTokens,
  { front, back }: Windows,
  prefix: Prefix | null,
  strides: number,
): Int32Array {
  const length = front + steps + back;
  const sources = new Int32Array(batch * length).fill(-1);
  for (let row = 0; row < batch; row++) {
    const first = Math.max(front, firstStep(prefix, row) * strides);
    const [from, to] = [row * length, row * steps - front];
    for (let position = first; position < front + steps; position++) sources[from + position] = to + position;
  }
  return sources;
}
