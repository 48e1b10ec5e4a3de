/** The op `recurrent` on this engine: lays out the buffers, runs the kernels slice by slice and adds up their gradients in order. */
import * as tf from '@tensorflow/tfjs-core';
import {
  RECURRENT,
  RECURRENT_GRADIENT,
  supportRecurrent,
  type KernelAttributes,
} from '../../ops/recurrent.ts';
import { BACKEND, Lazy, type SimdBackend } from './backend.ts';
import { GateLayout } from './gate-layout.ts';
import type { CellKernel } from './kernels/cell.ts';
import { CELL_KERNELS, type Kernels, type Modules } from './modules.ts';
import { outputGradient } from './output-gradient.ts';
import type { Plan, Slice } from './plan.ts';
import { Partials } from './partials.ts';
import type { Task } from './tasks.ts';
import { weightGradients } from './recurrent-gradients.ts';
import { RecurrentInput } from './recurrent-input.ts';
import { RecurrentWeights } from './recurrent-weights.ts';
import { StateSequence } from './sequences.ts';

/** What backward needs of forward. */
class Reserve extends Lazy {
  readonly layer: Layer;
  constructor(layer: Layer) {
    super();
    this.layer = layer;
  }
  override values(): Float32Array {
    return new Float32Array(1);
  }
  override release(): void {
    this.layer.release();
  }
}

/** One use of a recurrent layer on one batch. */
class Layer {
  readonly #backend: SimdBackend;
  readonly #modules: Modules;
  readonly #kernels: Kernels;
  readonly #attributes: KernelAttributes;
  readonly #owned: number[] = [];
  readonly #cell: CellKernel;
  readonly #units: number;
  readonly #layout: GateLayout;
  readonly #weights: RecurrentWeights;
  readonly #input: RecurrentInput;
  readonly #plan: Plan;
  /** Addresses of what forward keeps. */
  #states = 0;
  #carries = 0;
  #z = 0;

  constructor(
    backend: SimdBackend,
    modules: Modules,
    inputs: tf.NamedTensorInfoMap,
    attributes: KernelAttributes,
  ) {
    const { cell, units, goBackwards } = attributes;
    this.#backend = backend;
    this.#modules = modules;
    this.#attributes = attributes;
    this.#cell = CELL_KERNELS[cell];
    this.#units = units;
    this.#layout = new GateLayout(this.#cell.blocks, units);
    this.#weights = new RecurrentWeights(backend, this.#cell, units, {
      kernel: inputs.kernel!,
      recurrentKernel: inputs.recurrentKernel!,
      bias: inputs.bias!,
      carryKernel: inputs.carryKernel ?? null,
    });
    this.#input = new RecurrentInput(backend, modules, inputs.x!, inputs.mask ?? null, goBackwards);
    this.#plan = this.#input.plan;
    this.#kernels = modules.recurrence(cell, this.#layout.unitStride, this.#input.stride);
  }

  #own(floats: number): number {
    const address = this.#backend.arena.allocate(floats * 4);
    this.#owned.push(address);
    return address;
  }

  release(): void {
    this.#owned.forEach((address) => this.#backend.arena.free(address));
    this.#input.release();
  }

  #rowOf(address: number, row: number, stride: number): number {
    return address + row * stride * 4;
  }

  forward(): tf.TensorInfo {
    const { arena: memory, pool } = this.#backend;
    const plan = this.#plan;
    const { returnSequences } = this.#attributes;
    const table = this.#projectInput();
    const recurrent = this.#weights.pack('recurrentKernel', false);
    const carryKernel = this.#weights.pack('carryKernel', false);
    this.#makeRoom();
    const sequence = returnSequences ? memory.allocate(plan.rows * this.#layout.unitStride * 4) : 0;
    pool.run(
      plan.slices.map((slice): Task => {
        const at = (address: number, stride: number, row: number) =>
          address ? this.#rowOf(address, row, stride) : 0;
        const { z, states } = this.#firstRows(slice);
        return [
          this.#kernels.forward!,
          plan.steps,
          slice.countsAt,
          this.#input.index + slice.firstRow * 4,
          table,
          recurrent,
          carryKernel,
          at(this.#z, this.#layout.width, z),
          at(this.#states, this.#layout.unitStride, states),
          at(this.#carries, this.#layout.unitStride, states),
          at(sequence, this.#layout.unitStride, slice.firstRow),
          Number(plan.walk.joins),
          this.#attributes.differentiated ? 0 : slice.rows.length,
        ];
      }),
    );
    for (const address of [table, recurrent]) memory.free(address);
    if (carryKernel) memory.free(carryKernel);
    return returnSequences ? this.#sequenceOutput(sequence) : this.#lastOutput();
  }

  /** x W + b of the input's rows; the caller frees it. */
  #projectInput(): number {
    const { arena: memory, pool } = this.#backend;
    const { rows, segments, x, stride } = this.#input;
    const table = memory.allocate(rows * this.#layout.width * 4);
    const kernel = this.#weights.pack('kernel', false);
    const bias = memory.allocate(this.#layout.width * 4);
    memory.f32.set(this.#weights.bias(), bias / 4);
    pool.run(
      segments.map(({ from, count }): Task => [
        this.#kernels.project!,
        this.#rowOf(x, from, stride),
        kernel,
        this.#rowOf(table, from, this.#layout.width),
        count,
        bias,
        0,
      ]),
    );
    memory.free(kernel);
    memory.free(bias);
    return table;
  }

  /** Room for all that backward needs, or for what a step needs alone. */
  #makeRoom(): void {
    const { rows, walk } = this.#plan;
    const kept = this.#attributes.differentiated;
    const states = kept ? rows : 2 * walk.batch;
    this.#states = this.#own(states * this.#layout.unitStride);
    this.#carries = this.#cell.hasCarry ? this.#own(states * this.#layout.unitStride) : 0;
    this.#z = this.#own((kept ? rows : walk.batch) * this.#layout.width);
  }

  /** Where a slice's rows begin in that room. */
  #firstRows({ firstRow, position }: Slice): { z: number; states: number } {
    return this.#attributes.differentiated
      ? { z: firstRow, states: firstRow }
      : { z: position, states: 2 * position };
  }

  #sequenceOutput(address: number): tf.TensorInfo {
    const { batch, sourceSteps } = this.#plan.walk;
    const lazy = new StateSequence(this.#backend, this.#plan, address, this.#units, this.#input.mask);
    return this.#backend.makeLazy([batch, sourceSteps, this.#units], lazy);
  }

  /** Where a slice's last block of states begins, as a row. */
  #lastBlock({ firstRow, entries, position, rows }: Slice): number {
    if (this.#attributes.differentiated) return firstRow + entries;
    return 2 * position + (this.#plan.steps % 2) * rows.length;
  }

  #lastOutput(): tf.TensorInfo {
    const { batch } = this.#plan.walk;
    const [units, stride] = [this.#units, this.#layout.unitStride];
    const output = new Float32Array(batch * units);
    const { f32 } = this.#backend.arena;
    for (const slice of this.#plan.slices) {
      const active = slice.counts[this.#plan.steps - 1]!;
      let from = this.#states / 4 + this.#lastBlock(slice) * stride;
      for (let p = 0; p < active; p++, from += stride) {
        const to = slice.rows[p]! * units;
        for (let u = 0; u < units; u++) output[to + u] = f32[from + u]!;
      }
    }
    return this.#backend.makeTensorInfo([batch, units], 'float32', output);
  }

  backward(dy: tf.TensorInfo): tf.TensorInfo[] {
    const { arena: memory, pool } = this.#backend;
    const plan = this.#plan;
    const stateFloats = plan.walk.batch * this.#layout.unitStride;
    const dState = memory.allocate(stateFloats * 4);
    const dCarry = memory.allocate(stateFloats * 4);
    memory.floats(dState, stateFloats).fill(0);
    memory.floats(dCarry, stateFloats).fill(0);
    const sequence = this.#attributes.returnSequences
      ? outputGradient(this.#backend, this.#modules, dy, plan, this.#units)
      : null;
    if (!sequence) this.#fillStateGradient(dState, dy);
    const transposed = this.#weights.pack('recurrentKernel', true);
    const carryTransposed = this.#weights.pack('carryKernel', true);
    const { unitStride, width } = this.#layout;
    const recurrentParts = new Partials(this.#backend, plan.slices.length, unitStride * width);
    pool.run([
      ...(this.#input.tokens?.grouping() ?? []),
      ...plan.slices.map((slice, i): Task => {
        const end = (address: number, stride: number) =>
          address ? this.#rowOf(address, this.#lastBlock(slice), stride) : 0;
        return [
          this.#kernels.backward!,
          plan.steps,
          slice.countsAt + plan.steps * 4,
          transposed,
          carryTransposed,
          end(this.#z, this.#layout.width),
          end(this.#states, this.#layout.unitStride),
          end(this.#carries, this.#layout.unitStride),
          this.#rowOf(dState, slice.position, this.#layout.unitStride),
          this.#rowOf(dCarry, slice.position, this.#layout.unitStride),
          sequence ? end(sequence.address, this.#layout.unitStride) : 0,
          Number(plan.walk.joins),
          recurrentParts.address(i),
        ];
      }),
    ]);
    for (const address of [dState, dCarry, transposed]) memory.free(address);
    if (carryTransposed) memory.free(carryTransposed);
    if (sequence?.owned) memory.free(sequence.address);
    return weightGradients({
      backend: this.#backend,
      kernels: this.#kernels,
      layout: this.#layout,
      weights: this.#weights,
      input: this.#input,
      dz: this.#z,
      recurrentParts,
      carries: this.#weights.hasCarryKernel
        ? { states: this.#carries, dz: this.#z + this.#cell.carryBlock! * this.#layout.unitStride * 4 }
        : null,
    });
  }

  #fillStateGradient(dState: number, dy: tf.TensorInfo): void {
    const values = this.#backend.values(dy);
    const to = this.#backend.arena.f32;
    const units = this.#units;
    let at = dState / 4;
    for (const slice of this.#plan.slices) {
      for (const row of slice.rows) {
        for (let u = 0; u < units; u++) to[at + u] = values[row * units + u]!;
        at += this.#layout.unitStride;
      }
    }
  }
}

export function registerRecurrent(modules: Modules): void {
  supportRecurrent(
    BACKEND,
    ({ cell, activation, recurrentActivation, resetAfter, outputSees }) =>
      activation === 'tanh' &&
      (cell === 'SimpleRNN' || recurrentActivation === 'sigmoid') &&
      (cell !== 'GRU' || resetAfter) &&
      (cell !== 'BookLSTM' || outputSees === 'old'),
  );
  tf.registerKernel({
    kernelName: RECURRENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const layer = new Layer(simd, modules, inputs, attrs as unknown as KernelAttributes);
      return [layer.forward(), simd.makeLazy([1], new Reserve(layer))];
    },
  });
  tf.registerKernel({
    kernelName: RECURRENT_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) =>
      (backend as SimdBackend).lazyOf(inputs.reserve!, Reserve)!.layer.backward(inputs.dy!),
  });
}
