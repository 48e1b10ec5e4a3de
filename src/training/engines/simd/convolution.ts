/** The op `convolution` on this engine, for inputs that lie in memory row by row; token-convolution.ts has those of an embedding. */
import * as tf from '@tensorflow/tfjs-core';
import {
  CONVOLUTION,
  CONVOLUTION_GRADIENT,
  supportConvolution,
  type ConvolutionAttributes,
} from '../../ops/convolution.ts';
import { windowsOn, type Windows } from '../../ops/windows.ts';
import { BACKEND, Lazy, type SimdBackend } from './backend.ts';
import { ACTIVATIONS, type FusedName } from './kernels/activation.ts';
import { SEGMENT_BYTES, tapsTogether, type ConvolutionShape } from './kernels/convolution.ts';
import type { Kernels, Modules } from './modules.ts';
import { Partials } from './partials.ts';
import type { Task } from './tasks.ts';
import { embeddedAt, gradientRows, rowsOf } from './row-copies.ts';
import { Rows, RowsGradient, firstStep, type Prefix } from './rows.ts';
import { KernelLayout, packEach, prefixOfWindows } from './taps.ts';
import { TokenConvolution } from './token-convolution.ts';

/** Windows that make one task, and sums of the kernel's gradient, whatever the number of threads. */
const CHUNK = 512;
const SUMS = 16;

/** One use of a convolution on one batch. */
interface Convolution {
  forward(): tf.TensorInfo;
  /** dx, dKernel, dBias. */
  backward(dy: tf.TensorInfo): tf.TensorInfo[];
  release(): void;
}

/** What backward needs of forward. */
class Reserve extends Lazy {
  readonly convolution: Convolution;
  constructor(convolution: Convolution) {
    super();
    this.convolution = convolution;
  }
  override values(): Float32Array {
    return new Float32Array(1);
  }
  override release(): void {
    this.convolution.release();
  }
}

export interface ConvolutionTensors {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  bias: tf.TensorInfo;
}

/** Windows from `window` on of a batch row. */
interface Run {
  row: number;
  window: number;
  count: number;
}

class RowConvolution implements Convolution {
  readonly #backend: SimdBackend;
  readonly #modules: Modules;
  readonly #kernels: Kernels;
  readonly #tensors: ConvolutionTensors;
  readonly #attributes: ConvolutionAttributes;
  readonly #layout: KernelLayout;
  readonly #windows: Windows;
  readonly #x: Rows;
  readonly #prefix: Prefix | null;
  /** Where the first padded step of x lies, steps between batch rows, and what of it is ours. */
  readonly #padded: { address: number; spacing: number };
  readonly #owned: number[] = [];
  /** Every window sees the step of its own number, and no other rows lie between batch rows. */
  readonly #merged: boolean;
  readonly #runs: Run[];
  #y!: Rows;

  constructor(
    backend: SimdBackend,
    modules: Modules,
    tensors: ConvolutionTensors,
    attributes: ConvolutionAttributes,
  ) {
    this.#backend = backend;
    this.#modules = modules;
    this.#tensors = tensors;
    this.#attributes = attributes;
    this.#layout = new KernelLayout(tensors.kernel.shape as [number, number, number]);
    this.#kernels = modules.convolution(this.#shape());
    const { rows, owned } = rowsOf(backend, modules, tensors.x);
    if (owned) this.#owned.push(rows.address);
    this.#x = rows;
    const { strides, padding, dilation } = attributes;
    const { size } = this.#layout;
    this.#windows = windowsOn(rows.steps, { size, strides, padding, dilation });
    const span = (size - 1) * dilation + 1;
    this.#prefix = prefixOfWindows(rows.prefix, { span, strides, ...this.#windows });
    rows.fill((row) => this.#firstInput(row));
    this.#padded = this.#pad();
    const close = !this.#prefix && this.#padded.spacing === rows.steps;
    this.#merged = close && size === 1 && strides === 1;
    this.#runs = this.#makeRuns();
  }

  #shape(): ConvolutionShape {
    const { strides, dilation, activation } = this.#attributes;
    const { rows: inputs, columns: filters, size } = this.#layout;
    return { inputs, filters, size, strides, dilation, activation: activation as FusedName };
  }

  /** The first input step that the windows of a batch row see. */
  #firstInput(row: number): number {
    return Math.max(0, firstStep(this.#prefix, row) * this.#attributes.strides - this.#windows.front);
  }

  release(): void {
    this.#owned.forEach((address) => this.#backend.arena.free(address));
  }

  /** x with its padding; x itself where there is none. */
  #pad(): { address: number; spacing: number } {
    const { front, back } = this.#windows;
    const { address, spacing, batch, steps, stride } = this.#x;
    if (front + back === 0) return { address, spacing };
    const { arena: memory } = this.#backend;
    const length = front + steps + back;
    const to = memory.allocate(batch * length * stride * 4);
    this.#owned.push(to);
    const { f32 } = memory;
    for (let row = 0; row < batch; row++) {
      const at = to / 4 + row * length * stride;
      const first = this.#firstInput(row);
      const from = this.#x.at(row, 0) / 4;
      f32.fill(0, at, at + front * stride);
      f32.copyWithin(at + (front + first) * stride, from + first * stride, from + steps * stride);
      f32.fill(0, at + (front + steps) * stride, at + length * stride);
    }
    return { address: to, spacing: length };
  }

  /** Rows of windows that stand behind one another, over batch rows where nothing lies between them. */
  #makeRuns(): Run[] {
    const { batch } = this.#x;
    const { steps } = this.#windows;
    if (this.#merged) return pieces(0, 0, batch * steps);
    return Array.from({ length: batch }, (_, row) => row).flatMap((row) =>
      pieces(row, firstStep(this.#prefix, row), steps),
    );
  }

  #inputAt({ row, window }: Run): number {
    const step = row * this.#padded.spacing + window * this.#attributes.strides;
    return this.#padded.address + step * this.#layout.rows * 4;
  }

  #output(): { batch: number; steps: number; columns: number; prefix: Prefix | null } {
    return {
      batch: this.#x.batch,
      steps: this.#windows.steps,
      columns: this.#layout.filters,
      prefix: this.#prefix,
    };
  }

  forward(): tf.TensorInfo {
    const { arena: memory, pool } = this.#backend;
    const layout = this.#layout;
    const spread = layout.spread(this.#backend.values(this.#tensors.kernel));
    const kernel = packEach(memory, spread, layout.size / tapsTogether(this.#shape()), layout.columns, false);
    const bias = memory.allocate(layout.columns * 4);
    memory.floats(bias, layout.columns).fill(0).set(this.#backend.values(this.#tensors.bias));
    const { batch, steps, columns } = this.#output();
    const address = memory.allocate(batch * steps * layout.columns * 4);
    const y = new Rows(this.#backend, this.#output(), { address, spacing: steps });
    const convolve = this.#kernels.convolve!;
    pool.run(
      this.#runs.map((run): Task => {
        const to = y.at(run.row, run.window);
        return [convolve, this.#inputAt(run), kernel, to, run.count, bias];
      }),
    );
    memory.free(kernel);
    memory.free(bias);
    this.#y = y;
    return this.#backend.makeLazy([batch, steps, columns], y);
  }

  backward(dy: tf.TensorInfo): tf.TensorInfo[] {
    const { arena: memory, pool } = this.#backend;
    const { columns, filters } = this.#layout;
    const { batch, steps } = this.#output();
    const gradient = gradientRows(this.#backend, this.#modules, dy, this.#output());
    const address = memory.allocate(batch * steps * columns * 4);
    const dz = new RowsGradient(this.#backend, this.#output(), { address, spacing: steps });
    const biasParts = new Partials(this.#backend, this.#runs.length, columns);
    pool.run(
      this.#runs.map(({ row, window, count }, i): Task => {
        const places = [gradient.rows, this.#y, dz].map((rows) => rows.at(row, window));
        return [this.#kernels.slopeRows!, ...places, count, biasParts.address(i)];
      }),
    );
    if (gradient.owned) gradient.rows.release();
    const [dx, dKernel] = this.#products(dz);
    dz.release();
    const dBias = this.#backend.makeTensorInfo([filters], 'float32', biasParts.sum().slice(0, filters));
    return [dx, dKernel, dBias];
  }

  /** dx and dKernel. */
  #products(dz: RowsGradient): [tf.TensorInfo, tf.TensorInfo] {
    const { arena: memory, pool } = this.#backend;
    const layout = this.#layout;
    const { batch, steps, columns, prefix } = this.#x;
    const { front, back } = this.#windows;
    const spacing = front + steps + back;
    const block = memory.allocate(batch * spacing * layout.rows * 4);
    const spread = layout.spread(this.#backend.values(this.#tensors.kernel));
    const kernel = packEach(memory, spread, layout.size, layout.columns, true);
    const sums = Math.min(SUMS, this.#runs.length);
    const parts = new Partials(this.#backend, sums, layout.floats);
    const list = this.#segmentList(dz);
    const bounds = Array.from({ length: sums + 1 }, (_, i) => Math.floor((i * this.#runs.length) / sums));
    pool.run([
      ...bounds.slice(1).map((to, i): Task => {
        const from = bounds[i]!;
        const segments = list + from * SEGMENT_BYTES;
        return [this.#kernels.kernelGradients!, segments, to - from, parts.address(i)];
      }),
      ...this.#inputGradientTasks(dz, kernel, block, spacing),
    ]);
    memory.free(kernel);
    memory.free(list);
    const address = block + front * layout.rows * 4;
    const dx = new RowsGradient(
      this.#backend,
      { batch, steps, columns, prefix },
      { address, spacing, block },
    );
    dx.fold((row) => this.#firstInput(row));
    const dKernel = layout.gather(parts.sum());
    return [
      this.#backend.makeLazy([batch, steps, columns], dx),
      this.#backend.makeTensorInfo(this.#tensors.kernel.shape, 'float32', dKernel),
    ];
  }

  /** Windows overlap on dx: a batch row is one task, but where every window sees one step alone. */
  #inputGradientTasks(dz: RowsGradient, kernel: number, block: number, spacing: number): Task[] {
    const { strides } = this.#attributes;
    const { steps, front } = this.#windows;
    const bytes = this.#layout.rows * 4;
    const task = (run: Run, clear: number, end: number): Task => {
      const dx = block + (run.row * spacing + run.window * strides) * bytes;
      const from = dz.at(run.row, run.window);
      return [
        this.#kernels.inputGradient!,
        from,
        kernel,
        dx,
        run.count,
        block + clear * bytes,
        (end - clear) * bytes,
      ];
    };
    if (this.#merged) return this.#runs.map((run) => task(run, run.window, run.window + run.count));
    return Array.from({ length: this.#x.batch }, (_, row) => {
      const window = firstStep(this.#prefix, row);
      const clear = Math.min(window * strides, front + firstStep(this.#x.prefix, row));
      return task({ row, window, count: steps - window }, row * spacing + clear, (row + 1) * spacing);
    });
  }

  /** The caller frees it. */
  #segmentList(dz: RowsGradient): number {
    const list = this.#backend.arena.allocate(this.#runs.length * SEGMENT_BYTES);
    const entries = this.#runs.flatMap((run) => [this.#inputAt(run), dz.at(run.row, run.window), run.count]);
    this.#backend.arena.i32.set(entries, list / 4);
    return list;
  }
}

/** The windows of a batch row from `first` to below `end`. */
function pieces(row: number, first: number, end: number): Run[] {
  return Array.from({ length: Math.ceil((end - first) / CHUNK) }, (_, i) => {
    const window = first + i * CHUNK;
    return { row, window, count: Math.min(CHUNK, end - window) };
  });
}

function makeConvolution(
  backend: SimdBackend,
  modules: Modules,
  tensors: ConvolutionTensors,
  attributes: ConvolutionAttributes,
): Convolution {
  const embedded = embeddedAt(backend, tensors.x);
  const convolution = embedded && TokenConvolution.of(backend, modules, embedded, tensors, attributes);
  return convolution ?? new RowConvolution(backend, modules, tensors, attributes);
}

export function registerConvolution(modules: Modules): void {
  supportConvolution(BACKEND, Object.keys(ACTIVATIONS));
  tf.registerKernel({
    kernelName: CONVOLUTION,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const tensors = inputs as unknown as ConvolutionTensors;
      const convolution = makeConvolution(simd, modules, tensors, attrs as unknown as ConvolutionAttributes);
      return [convolution.forward(), simd.makeLazy([1], new Reserve(convolution))];
    },
  });
  tf.registerKernel({
    kernelName: CONVOLUTION_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) =>
      (backend as SimdBackend).lazyOf(inputs.reserve!, Reserve)!.convolution.backward(inputs.dy!),
  });
}
