/** Tensors that recurrent layers hand each other in the rows of their common plan, made in full only for other readers. */
import type * as tf from '@tensorflow/tfjs-core';
import { Lazy, type SimdBackend } from './backend.ts';
import { padded } from './matrix.ts';
import type { Plan } from './plan.ts';

/** A layer's output sequence in the plan's rows, for the next recurrent layer on the same sequences. */
export class StateSequence extends Lazy {
  readonly plan: Plan;
  readonly mask: tf.DataId | null;
  readonly address: number;
  readonly units: number;
  readonly #backend: SimdBackend;

  constructor(backend: SimdBackend, plan: Plan, address: number, units: number, mask: tf.DataId | null) {
    super();
    this.#backend = backend;
    this.plan = plan.retain();
    this.address = address;
    this.units = units;
    this.mask = mask;
  }

  override values(): Float32Array {
    const { plan, units } = this;
    const { batch, sourceSteps } = plan.walk;
    const stride = padded(units);
    const states = this.#backend.arena.floats(this.address, plan.rows * stride);
    const full = new Float32Array(batch * sourceSteps * units);
    plan.forEachOutput((row, batchRow, from, to) => {
      const state = states.subarray(row * stride, row * stride + units);
      for (let step = from; step < to; step++) full.set(state, (batchRow * sourceSteps + step) * units);
    });
    return full;
  }

  override release(): void {
    this.#backend.arena.free(this.address);
    this.plan.release();
  }
}

/** The gradient of a layer's input in the plan's rows: of the states below it, or of a dense input. */
export class SequenceGradient extends Lazy {
  readonly plan: Plan;
  readonly address: number;
  readonly columns: number;
  readonly #backend: SimdBackend;

  constructor(backend: SimdBackend, plan: Plan, address: number, columns: number) {
    super();
    this.#backend = backend;
    this.plan = plan.retain();
    this.address = address;
    this.columns = columns;
  }

  override values(): Float32Array {
    const { plan, columns } = this;
    const { batch, sourceSteps } = plan.walk;
    const stride = padded(columns);
    const rows = this.#backend.arena.floats(this.address, plan.rows * stride);
    const full = new Float32Array(batch * sourceSteps * columns);
    plan.forEachEntry((row, batchRow, step) =>
      full.set(
        rows.subarray(row * stride, row * stride + columns),
        (batchRow * sourceSteps + step) * columns,
      ),
    );
    return full;
  }

  override release(): void {
    this.#backend.arena.free(this.address);
    this.plan.release();
  }
}
