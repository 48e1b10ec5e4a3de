/**
 * The op `recurrent` on this engine: chooses how the input is read, lays out the buffers, runs the kernels slice by slice and
 * reduces their gradients in fixed order.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  RECURRENT,
  RECURRENT_GRADIENT,
  supportRecurrent,
  type KernelAttributes,
} from '../../ops/recurrent.ts';
import { BACKEND, Lazy, type SimdBackend } from './backend.ts';
import { EmbeddedTokens, TokenGradient, firstPlaces } from './embedding.ts';
import { GateLayout, packMatrix } from './gate-layout.ts';
import { padded } from './matrix.ts';
import type { CellKernel } from './kernels/cell.ts';
import { CELL_KERNELS, type Kernels, type Modules } from './modules.ts';
import { Plan, denseWalk, maskedWalk, prefixWalk, type Slice } from './plan.ts';
import { Partials } from './partials.ts';
import type { Task } from './pool.ts';
import { gatherRows, gradientInPlan, rowsOf, walkSharing } from './row-copies.ts';
import { SequenceGradient, StateSequence } from './sequences.ts';
import { TokenSlots } from './token-slots.ts';

/** Rows of the projected input that make one task. */
const CHUNK = 512;

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

/** Rows of projected input, and of their gradients, that one task takes. */
interface Segment {
  from: number;
  count: number;
}

/** One use of a recurrent layer on one batch. */
class Layer {
  readonly #backend: SimdBackend;
  readonly #modules: Modules;
  readonly #kernels: Kernels;
  readonly #attributes: KernelAttributes;
  readonly #owned: number[] = [];
  readonly #cell: CellKernel;
  /** D, D rounded up to whole panels, and U. */
  readonly #inputs: number;
  readonly #inputStride: number;
  readonly #units: number;
  readonly #layout: GateLayout;
  readonly #weights: {
    kernel: tf.TensorInfo;
    recurrentKernel: tf.TensorInfo;
    bias: tf.TensorInfo;
    carryKernel: tf.TensorInfo | null;
  };
  readonly #source: tf.TensorInfo;
  readonly #mask: tf.DataId | null;
  #plan!: Plan;
  #tokens: TokenSlots | null = null;
  #embedded: EmbeddedTokens | null = null;
  /** Addresses: the input's rows, the row of them each entry reads, and what forward keeps. */
  #x = 0;
  #index = 0;
  #segments: Segment[] = [];
  #states = 0;
  #carries = 0;
  #z = 0;

  constructor(
    backend: SimdBackend,
    modules: Modules,
    inputs: tf.NamedTensorInfoMap,
    attributes: KernelAttributes,
  ) {
    this.#backend = backend;
    this.#attributes = attributes;
    this.#cell = CELL_KERNELS[attributes.cell];
    this.#source = inputs.x!;
    this.#weights = {
      kernel: inputs.kernel!,
      recurrentKernel: inputs.recurrentKernel!,
      bias: inputs.bias!,
      carryKernel: inputs.carryKernel ?? null,
    };
    this.#inputs = inputs.x!.shape[2]!;
    this.#units = attributes.units;
    this.#inputStride = padded(this.#inputs);
    this.#layout = new GateLayout(this.#cell.blocks, this.#units);
    this.#modules = modules;
    this.#kernels = modules.recurrence(attributes.cell, this.#layout.unitStride, this.#inputStride);
    this.#mask = inputs.mask?.dataId ?? null;
    this.#read(modules, inputs.mask ?? null);
  }

  #own(floats: number): number {
    const address = this.#backend.arena.allocate(floats * 4);
    this.#owned.push(address);
    return address;
  }

  release(): void {
    this.#owned.forEach((address) => this.#backend.arena.free(address));
    this.#plan.release();
  }

  /** Finds the plan and brings the input's rows together, D rounded up to whole panels apart. */
  #read(modules: Modules, mask: tf.TensorInfo | null): void {
    const { goBackwards } = this.#attributes;
    const embedded = this.#backend.lazyOf(this.#source, EmbeddedTokens);
    if (embedded) return this.#readTokens(modules, embedded, mask);
    const below = this.#backend.lazyOf(this.#source, StateSequence);
    const sameSteps =
      below && !goBackwards && !below.plan.walk.backwards && below.mask === (mask?.dataId ?? null);
    if (sameSteps) return this.#readStates(below);
    const [batch, steps] = this.#source.shape as [number, number];
    const { rows, owned } = rowsOf(this.#backend, modules, this.#source);
    const walk = mask
      ? maskedWalk(this.#backend.values(mask), batch, steps, goBackwards)
      : rows.prefix && !goBackwards
        ? walkSharing(rows.prefix, batch, steps)
        : denseWalk(batch, steps, goBackwards);
    this.#plan = new Plan(this.#backend.arena, walk);
    this.#x = this.#own(this.#plan.rows * this.#inputStride);
    gatherRows(this.#backend, modules, rows, this.#plan, this.#x);
    if (owned) rows.release();
    this.#readRowByRow();
  }

  #readTokens(modules: Modules, embedded: EmbeddedTokens, mask: tf.TensorInfo | null): void {
    const { goBackwards } = this.#attributes;
    const { arena: memory, pool } = this.#backend;
    const { ids, batch, steps, table } = embedded;
    const key = `${goBackwards} ${mask ? (mask.dataId as { id: number }).id : 'all'}`;
    let known = embedded.plans.get(key);
    if (!known) {
      const walk = mask
        ? maskedWalk(this.#backend.values(mask), batch, steps, goBackwards)
        : goBackwards
          ? denseWalk(batch, steps, true)
          : prefixWalk(ids, batch, steps);
      const plan = new Plan(memory, walk);
      const { idsAt } = embedded;
      const tokens = new TokenSlots(this.#backend, modules.tokens(), plan, idsAt, table.shape[0]!);
      known = { plan, tokens };
      embedded.plans.set(key, known);
    }
    this.#embedded = embedded;
    this.#plan = known.plan.retain();
    this.#tokens = known.tokens;
    this.#index = known.tokens.index;
    const { tokens } = known.tokens;
    this.#x = this.#own(tokens.length * this.#inputStride);
    const numbers = memory.allocate(tokens.length * 4);
    memory.i32.set(tokens, numbers / 4);
    const gather = modules.gather(this.#inputs, this.#inputStride);
    const from = this.#backend.address(table);
    this.#segments = segments(0, tokens.length);
    pool.run(
      this.#segments.map(({ from: at, count }): Task => [
        gather,
        from,
        numbers + at * 4,
        this.#rowOf(this.#x, at, this.#inputStride),
        count,
      ]),
    );
    memory.free(numbers);
  }

  #readStates(below: StateSequence): void {
    this.#plan = below.plan.retain();
    this.#x = below.address;
    this.#readRowByRow();
  }

  /** Every entry has an input row of its own. */
  #readRowByRow(): void {
    this.#index = this.#plan.identity();
    this.#segments = this.#plan.slices.flatMap(({ firstRow, entries }) => segments(firstRow, entries));
  }

  #rowOf(address: number, row: number, stride: number): number {
    return address + row * stride * 4;
  }

  /** W or R in panels, or its transpose; the caller frees it. */
  #pack(weight: 'kernel' | 'recurrentKernel', transposed: boolean): number {
    const [rows, blocks] =
      weight === 'kernel'
        ? [this.#inputs, this.#cell.kernelBlocks]
        : [this.#units, this.#cell.recurrentBlocks];
    const spread = this.#layout.spread(
      this.#backend.values(this.#weights[weight]),
      rows,
      padded(rows),
      blocks,
    );
    return packMatrix(this.#backend.arena, spread, padded(rows), this.#layout.width, transposed);
  }

  /** V (U, U) in panels, or its transpose; the caller frees it. */
  #packCarryKernel(transposed: boolean): number {
    const stride = this.#layout.unitStride;
    const single = new GateLayout(1, this.#units);
    const spread = single.spread(this.#backend.values(this.#weights.carryKernel!), this.#units, stride, [0]);
    return packMatrix(this.#backend.arena, spread, stride, stride, transposed);
  }

  /** The bias of each block; GRU's second bias, that of the recurrent product, is added to it. */
  #spreadBias(): Float32Array {
    const { kernelBlocks, recurrentBlocks } = this.#cell;
    const values = this.#backend.values(this.#weights.bias);
    const sum = this.#layout.spread(values, 1, 1, kernelBlocks);
    if (this.#weights.bias.shape.length === 1) return sum;
    const second = this.#layout.spread(values.subarray(values.length / 2), 1, 1, recurrentBlocks);
    return sum.map((value, i) => value + second[i]!);
  }

  forward(): tf.TensorInfo {
    const { arena: memory, pool } = this.#backend;
    const plan = this.#plan;
    const { returnSequences } = this.#attributes;
    const rows = this.#tokens ? this.#tokens.tokens.length : plan.rows;
    const table = memory.allocate(rows * this.#layout.width * 4);
    const kernel = this.#pack('kernel', false);
    const recurrent = this.#pack('recurrentKernel', false);
    const bias = memory.allocate(this.#layout.width * 4);
    memory.f32.set(this.#spreadBias(), bias / 4);
    const carryKernel = this.#weights.carryKernel ? this.#packCarryKernel(false) : 0;
    const project = this.#kernels.project!;
    pool.run(
      this.#segments.map(({ from, count }): Task => [
        project,
        this.#rowOf(this.#x, from, this.#inputStride),
        kernel,
        this.#rowOf(table, from, this.#layout.width),
        count,
        bias,
        0,
      ]),
    );
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
          this.#index + slice.firstRow * 4,
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
    for (const address of [table, kernel, recurrent, bias]) memory.free(address);
    if (carryKernel) memory.free(carryKernel);
    return returnSequences ? this.#sequenceOutput(sequence) : this.#lastOutput();
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
    const lazy = new StateSequence(this.#backend, this.#plan, address, this.#units, this.#mask);
    return this.#backend.makeLazy([batch, sourceSteps, this.#units], lazy);
  }

  /** Where a slice's last block of states begins, as a row. */
  #lastBlock({ firstRow, entries, position, rows }: Slice): number {
    if (this.#attributes.differentiated) return firstRow + entries;
    return 2 * position + (this.#plan.steps % 2) * rows.length;
  }

  #lastOutput(): tf.TensorInfo {
    const { batch } = this.#plan.walk;
    const output = new Float32Array(batch * this.#units);
    const { f32 } = this.#backend.arena;
    for (const slice of this.#plan.slices) {
      const active = slice.counts[this.#plan.steps - 1]!;
      for (let p = 0; p < active; p++) {
        const from = this.#states / 4 + (this.#lastBlock(slice) + p) * this.#layout.unitStride;
        output.set(f32.subarray(from, from + this.#units), slice.rows[p]! * this.#units);
      }
    }
    return this.#backend.makeTensorInfo([batch, this.#units], 'float32', output);
  }

  backward(dy: tf.TensorInfo): tf.TensorInfo[] {
    const { arena: memory, pool } = this.#backend;
    const plan = this.#plan;
    const stateFloats = plan.walk.batch * this.#layout.unitStride;
    const dState = memory.allocate(stateFloats * 4);
    const dCarry = memory.allocate(stateFloats * 4);
    memory.floats(dState, stateFloats).fill(0);
    memory.floats(dCarry, stateFloats).fill(0);
    const sequence = this.#attributes.returnSequences ? this.#sequenceGradient(dy) : null;
    if (!sequence) this.#fillStateGradient(dState, dy);
    const transposed = this.#pack('recurrentKernel', true);
    const carryTransposed = this.#weights.carryKernel ? this.#packCarryKernel(true) : 0;
    const { unitStride, width } = this.#layout;
    const recurrentParts = new Partials(this.#backend, plan.slices.length, unitStride * width);
    pool.run([
      ...(this.#tokens?.grouping() ?? []),
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
    return this.#weightGradients(recurrentParts);
  }

  #fillStateGradient(dState: number, dy: tf.TensorInfo): void {
    const values = this.#backend.values(dy);
    const to = this.#backend.arena.f32;
    let at = dState / 4;
    for (const slice of this.#plan.slices) {
      for (const row of slice.rows) {
        to.set(values.subarray(row * this.#units, (row + 1) * this.#units), at);
        at += this.#layout.unitStride;
      }
    }
  }

  /** dy of an output sequence in the plan's rows; the gradients of all steps that showed one state are summed. */
  #sequenceGradient(dy: tf.TensorInfo): { address: number; owned: boolean } {
    const known = this.#backend.lazyOf(dy, SequenceGradient);
    if (known?.plan === this.#plan) return { address: known.address, owned: false };
    const inPlan = gradientInPlan(this.#backend, this.#modules, dy, this.#plan);
    if (inPlan !== null) return { address: inPlan, owned: true };
    const { arena: memory } = this.#backend;
    const stride = this.#layout.unitStride;
    const address = memory.allocate(this.#plan.rows * stride * 4);
    const sums = memory.floats(address, this.#plan.rows * stride).fill(0);
    const values = this.#backend.values(dy);
    const { sourceSteps } = this.#plan.walk;
    this.#plan.forEachOutput((row, batchRow, from, to) => {
      for (let step = from; step < to; step++) {
        const at = (batchRow * sourceSteps + step) * this.#units;
        for (let u = 0; u < this.#units; u++) sums[row * stride + u]! += values[at + u]!;
      }
    });
    return { address, owned: true };
  }

  #weightGradients(recurrentParts: Partials): tf.TensorInfo[] {
    const { arena: memory, pool } = this.#backend;
    const dTable = this.#tokens ? this.#sumByToken(this.#tokens) : this.#z;
    const kernelFloats = this.#inputStride * this.#layout.width;
    const kernelParts = new Partials(this.#backend, this.#segments.length, kernelFloats);
    const biasParts = new Partials(this.#backend, this.#segments.length, this.#layout.width);
    const dxStride = this.#inputStride;
    const dx = memory.allocate((this.#tokens ? this.#tokens.tokens.length : this.#plan.rows) * dxStride * 4);
    const kernelTransposed = this.#pack('kernel', true);
    pool.run(
      this.#segments.flatMap(({ from, count }, i): Task[] => {
        const dz = this.#rowOf(dTable, from, this.#layout.width);
        const x = this.#rowOf(this.#x, from, this.#inputStride);
        return [
          [this.#kernels.kernelGradient!, x, dz, kernelParts.address(i), count],
          [this.#kernels.sumColumns!, dz, biasParts.address(i), count],
          [this.#kernels.inputGradient!, dz, kernelTransposed, this.#rowOf(dx, from, dxStride), count, 0, 0],
        ];
      }),
    );
    if (this.#tokens) memory.free(dTable);
    memory.free(kernelTransposed);
    const make = (shape: number[], values: Float32Array) =>
      this.#backend.makeTensorInfo(shape, 'float32', values);
    const { kernel, recurrentKernel, bias } = this.#weights;
    const { kernelBlocks, recurrentBlocks } = this.#cell;
    const gradients = [
      this.#inputGradient(dx),
      make(kernel.shape, this.#layout.gather(kernelParts.sum(), this.#inputs, kernelBlocks)),
      make(recurrentKernel.shape, this.#layout.gather(recurrentParts.sum(), this.#units, recurrentBlocks)),
      make(bias.shape, this.#gatherBias(biasParts.sum())),
    ];
    return this.#weights.carryKernel ? [...gradients, this.#carryKernelGradient()] : gradients;
  }

  #gatherBias(sum: Float32Array): Float32Array {
    const { kernelBlocks, recurrentBlocks } = this.#cell;
    const both = this.#weights.bias.shape.length === 2 ? [kernelBlocks, recurrentBlocks] : [kernelBlocks];
    return Float32Array.from(both.flatMap((blocks) => [...this.#layout.gather(sum, 1, blocks)]));
  }

  /** dV = sum of c_(t-1)^T dz_o. */
  #carryKernelGradient(): tf.TensorInfo {
    const slices = this.#plan.slices.filter(({ entries }) => entries > 0);
    const stride = this.#layout.unitStride;
    const parts = new Partials(this.#backend, slices.length, stride * stride);
    const block = this.#z + this.#cell.carryBlock! * stride * 4;
    this.#backend.pool.run(
      slices.map(({ firstRow, entries }, i): Task => [
        this.#kernels.carryKernelGradient!,
        this.#rowOf(this.#carries, firstRow, stride),
        this.#rowOf(block, firstRow, this.#layout.width),
        parts.address(i),
        entries,
      ]),
    );
    const values = new GateLayout(1, this.#units).gather(parts.sum(), this.#units, [0]);
    return this.#backend.makeTensorInfo([this.#units, this.#units], 'float32', values);
  }

  /** dz summed over the places of each token. */
  #sumByToken(tokens: TokenSlots): number {
    const { arena: memory, pool } = this.#backend;
    const sums = memory.allocate(tokens.tokens.length * this.#layout.width * 4);
    const kernel = this.#kernels.sumRows!;
    pool.run(
      this.#segments.map(({ from, count }): Task => [
        kernel,
        tokens.starts + from * 4,
        tokens.list,
        this.#z,
        this.#rowOf(sums, from, this.#layout.width),
        count,
      ]),
    );
    return sums;
  }

  #inputGradient(address: number): tf.TensorInfo {
    const { arena: memory } = this.#backend;
    if (!this.#embedded) {
      const lazy = new SequenceGradient(this.#backend, this.#plan, address, this.#inputs);
      return this.#backend.makeLazy(this.#source.shape, lazy);
    }
    const rows = { tokens: this.#tokens!.tokens, address, stride: this.#inputStride, columns: this.#inputs };
    return this.#backend.makeLazy(
      this.#source.shape,
      new TokenGradient(memory, rows, firstPlaces(this.#embedded.ids)),
    );
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
