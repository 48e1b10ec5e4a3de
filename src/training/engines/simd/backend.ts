/**
 * The tfjs backend `simd`: tfjs-backend-cpu's kernels and ours on one memory. A tensor's values may live in the engine's
 * memory (weights, saved states) or exist only as a recipe until some kernel of tfjs reads them: an embedding's output, for
 * one, is never made when a recurrent layer is its only reader.
 */
import * as tf from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Memory } from './memory.ts';
import type { Pool } from './pool.ts';
import type { Task } from './tasks.ts';

export const BACKEND = 'simd';

/** tfjs-backend-cpu's record of a tensor, whose values may be made when they are first read. */
class TensorData {
  readonly dtype: tf.DataType;
  refCount = 1;
  /** Address of the values in the engine's memory. */
  address: number | undefined;
  lazy: Lazy | null = null;
  release: (() => void) | undefined;
  /** While threads may be at the values: waits for them. */
  settle: (() => void) | null = null;
  #values: tf.backend_util.BackendValues | null;

  constructor(values: tf.backend_util.BackendValues | null, dtype: tf.DataType) {
    this.#values = values;
    this.dtype = dtype;
  }

  get values(): tf.backend_util.BackendValues {
    this.settle?.();
    return (this.#values ??= this.lazy?.values() ?? (null as never));
  }
  set values(values: tf.backend_util.BackendValues) {
    this.#values = values;
  }
}

/** A tensor known by what it was made from. Subclasses say what that is; `values()` makes it in full. */
export abstract class Lazy {
  abstract values(): Float32Array;
  release(): void {}
}

export class SimdBackend extends MathBackendCPU {
  readonly arena: Memory;
  readonly pool: Pool;
  readonly #settle = () => this.pool.settle();

  constructor(memory: Memory, pool: Pool) {
    super();
    this.arena = memory;
    this.pool = pool;
    // tfjs-backend-cpu greets its first tensor in Node with a banner that recommends another backend.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  override write(
    values: tf.backend_util.BackendValues | undefined,
    _shape: number[],
    dtype: tf.DataType,
  ): tf.DataId {
    const dataId = { id: (this as unknown as { nextDataId(): number }).nextDataId() };
    this.data.set(dataId, new TensorData(values ?? null, dtype) as never);
    return dataId;
  }

  #record(tensor: tf.TensorInfo): TensorData {
    return this.data.get(tensor.dataId) as TensorData;
  }

  values(tensor: tf.TensorInfo): Float32Array | Int32Array {
    return this.#record(tensor).values as Float32Array | Int32Array;
  }

  /** What a tensor is made from, whose tasks may not have ended. */
  lazyOf<T extends Lazy>(tensor: tf.TensorInfo, kind: new (...values: never[]) => T): T | null {
    const { lazy } = this.#record(tensor);
    return lazy instanceof kind ? lazy : null;
  }

  /** A float32 tensor that is made only when read, when tasks that were begun have ended. */
  makeLazy(shape: number[], lazy: Lazy): tf.TensorInfo {
    const info = this.makeTensorInfo(shape, 'float32');
    const record = this.#record(info);
    record.lazy = lazy;
    if (this.pool.isOpen) record.settle = this.#settle;
    record.release = () => lazy.release();
    return info;
  }

  /** An uninitialised float32 tensor in the engine's memory. */
  makeResident(shape: number[]): { info: tf.TensorInfo; address: number } {
    const length = tf.util.sizeFromShape(shape);
    const address = this.arena.allocate(length * 4);
    const info = this.makeTensorInfo(
      shape,
      'float32',
      this.arena.floats(address, length) as unknown as Float32Array,
    );
    const record = this.#record(info);
    record.address = address;
    record.release = () => this.arena.free(address);
    return { info, address };
  }

  /** Where a float32 or int32 tensor lies in the engine's memory; moves it there at first use. */
  address(tensor: tf.TensorInfo): number {
    const record = this.#record(tensor);
    record.settle?.();
    if (record.address !== undefined) return record.address;
    const values = record.values as Float32Array | Int32Array;
    const address = this.arena.allocate(values.length * 4);
    const resident =
      values instanceof Int32Array
        ? this.arena.integers(address, values.length)
        : this.arena.floats(address, values.length);
    resident.set(values);
    const { release } = record;
    record.values = resident as unknown as Float32Array;
    record.address = address;
    record.release = () => {
      this.arena.free(address);
      release?.();
    };
    return address;
  }

  /** Begins tasks that change tensors in place; whoever asks for one of these waits for the tasks' end. */
  change(tensors: readonly tf.TensorInfo[], tasks: readonly Task[]): void {
    const records = tensors.map((tensor) => this.#record(tensor));
    this.pool.settle();
    for (const record of records) record.settle = this.#settle;
    this.pool.begin(tasks, () => records.forEach((record) => (record.settle = null)));
  }

  /** Reads are copies where updates happen in place. */
  override readSync(dataId: tf.DataId): tf.backend_util.BackendValues {
    const values = super.readSync(dataId);
    return (this.data.get(dataId) as unknown as TensorData).address === undefined
      ? values
      : (values as Float32Array).slice();
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    const record = this.data.has(dataId) ? (this.data.get(dataId) as TensorData) : null;
    const disposed = super.disposeData(dataId, force);
    if (disposed) record?.release?.();
    return disposed;
  }
}
