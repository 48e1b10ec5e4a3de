/** What a kernel keeps for its gradient, as a tensor of one number that the tape can hold: freed when tfjs disposes of it. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Eager, Handle } from './eager.ts';
import type { NodeBackend } from './library.ts';

export class Reserves<Kept> {
  readonly #backend: NodeBackend;
  readonly #entries = new WeakMap<tf.DataId, { made: Iterable<Handle>; kept: Kept }>();

  constructor(backend: NodeBackend, eager: Eager) {
    this.#backend = backend;
    const dispose = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      const disposed = dispose(dataId, force);
      const entry = disposed ? this.#entries.get(dataId) : undefined;
      if (entry) {
        this.#entries.delete(dataId);
        eager.free(entry.made);
      }
      return disposed;
    };
  }

  /** @param entry null: the gradient will not be asked for */
  make(entry: { made: Iterable<Handle>; kept: Kept } | null): tf.TensorInfo {
    const dataId = this.#backend.write(new Float32Array(1), [], 'float32');
    if (entry) this.#entries.set(dataId, entry);
    return { dataId, shape: [], dtype: 'float32' };
  }

  of({ dataId }: tf.TensorInfo): Kept {
    return this.#entries.get(dataId)!.kept;
  }
}
