/** The op `maxPooling` on this engine. */
import * as tf from '@tensorflow/tfjs-core';
import { MAX_POOLING, MAX_POOLING_GRADIENT, type PoolingAttributes } from '../../ops/pooling.ts';
import { windowsOn, type Windows } from '../../ops/windows.ts';
import { BACKEND, Lazy, type SimdBackend } from './backend.ts';
import type { Kernels, Modules } from './modules.ts';
import type { Task } from './tasks.ts';
import { gradientRows, rowsOf } from './row-copies.ts';
import { Rows, RowsGradient, firstStep, type Prefix } from './rows.ts';
import { prefixOfWindows } from './taps.ts';

/** One use of max pooling on one batch, and what backward needs of forward: the steps chosen. */
class MaxPooling extends Lazy {
  readonly #backend: SimdBackend;
  readonly #modules: Modules;
  readonly #kernels: Kernels;
  readonly #attributes: PoolingAttributes;
  readonly #windows: Windows;
  readonly #x: Rows;
  readonly #ownsX: boolean;
  readonly #output: { batch: number; steps: number; columns: number; prefix: Prefix | null };
  readonly #chosen: number;

  constructor(backend: SimdBackend, modules: Modules, x: tf.TensorInfo, attributes: PoolingAttributes) {
    super();
    this.#backend = backend;
    this.#modules = modules;
    this.#attributes = attributes;
    const { rows, owned } = rowsOf(backend, modules, x);
    this.#x = rows;
    this.#ownsX = owned;
    const { size, strides, padding } = attributes;
    const { batch, columns, stride } = rows;
    this.#windows = windowsOn(rows.steps, { size, strides, padding, dilation: 1 });
    const { steps } = this.#windows;
    const prefix = prefixOfWindows(rows.prefix, { span: size, strides, ...this.#windows });
    this.#output = { batch, steps, columns, prefix };
    this.#kernels = modules.pooling({ columns: stride, size, strides });
    this.#chosen = backend.arena.allocate(batch * steps * stride * 4);
    rows.fill((row) => this.#firstInput(row));
  }

  override values(): Float32Array {
    return new Float32Array(1);
  }

  override release(): void {
    this.#backend.arena.free(this.#chosen);
    if (this.#ownsX) this.#x.release();
  }

  /** Where the first window of a batch row that is computed begins; negative in padding. */
  #from(row: number): number {
    return firstStep(this.#output.prefix, row) * this.#attributes.strides - this.#windows.front;
  }

  #firstInput(row: number): number {
    return Math.max(0, this.#from(row));
  }

  /** A task for every batch row, from its first step of `inputs` and its first window of `outputs`. */
  #run(kernel: number, inputs: Rows | RowsGradient, outputs: Rows | RowsGradient): void {
    const { batch, steps, prefix } = this.#output;
    this.#backend.pool.run(
      Array.from({ length: batch }, (_, row): Task => {
        const first = firstStep(prefix, row);
        const chosen = this.#chosen + (row * steps + first) * outputs.stride * 4;
        const places = [inputs.at(row, 0), outputs.at(row, first), chosen] as const;
        const cleared = Math.min(this.#firstInput(row), firstStep(inputs.prefix, row));
        return [kernel, ...places, this.#from(row), steps - first, inputs.steps, cleared];
      }),
    );
  }

  forward(): tf.TensorInfo {
    const { batch, steps, columns } = this.#output;
    const address = this.#backend.arena.allocate(batch * steps * this.#x.stride * 4);
    const y = new Rows(this.#backend, this.#output, { address, spacing: steps });
    this.#run(this.#kernels.maxPool!, this.#x, y);
    return this.#backend.makeLazy([batch, steps, columns], y);
  }

  backward(dy: tf.TensorInfo): tf.TensorInfo {
    const { arena: memory } = this.#backend;
    const { batch, steps, columns, stride, prefix } = this.#x;
    const gradient = gradientRows(this.#backend, this.#modules, dy, this.#output);
    const address = memory.allocate(batch * steps * stride * 4);
    const dx = new RowsGradient(
      this.#backend,
      { batch, steps, columns, prefix },
      { address, spacing: steps },
    );
    this.#run(this.#kernels.maxPoolGradient!, dx, gradient.rows);
    if (gradient.owned) gradient.rows.release();
    dx.fold((row) => this.#firstInput(row));
    return this.#backend.makeLazy([batch, steps, columns], dx);
  }
}

export function registerPooling(modules: Modules): void {
  tf.registerKernel({
    kernelName: MAX_POOLING,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const pooling = new MaxPooling(simd, modules, inputs.x!, attrs as unknown as PoolingAttributes);
      return [pooling.forward(), simd.makeLazy([1], pooling)];
    },
  });
  tf.registerKernel({
    kernelName: MAX_POOLING_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) =>
      (backend as SimdBackend).lazyOf(inputs.reserve!, MaxPooling)!.backward(inputs.dy!),
  });
}
