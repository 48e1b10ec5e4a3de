/**
 * Batches of training as they are handed to the engine, and what they gave. Where an engine's tensors are elsewhere, every answer
 * that is waited for holds it up: there losses and outputs stay with it, and are read back for many batches at once, in one copy.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from './engines/engine.ts';
import type { Learner } from './learner.ts';
import { append, newGuard, watchLoss } from './ops/deferred.ts';

/** A batch that was trained, by its number in the epoch, counted from 0. */
export interface TrainedBatch {
  batch: number;
  examples: number;
  /** Sums over its examples by metric name, `loss` first. */
  sums: Record<string, number>;
}

interface Waiting {
  batch: number;
  /** examples x outputs. */
  shape: readonly [number, number];
  targets: Float32Array;
}

/** Batches whose results fit in before they have to be read, and the most numbers that are kept for it. */
const BATCHES_KEPT = 64;
const NUMBERS_KEPT = 2 ** 20;

export class BatchQueue {
  readonly #learner: Learner;
  readonly #engine: Pick<Engine, 'asynchronous' | 'keepUp'>;
  readonly #rehearsal: boolean;
  #done: TrainedBatch[] = [];
  #waiting: Waiting[] = [];
  /** Keeps weights as they are from the first loss on that is not finite, which is known only when it is read. */
  #guard: tf.Variable | null = null;
  /** Of each batch waiting its loss and outputs, one behind the other. */
  #results: tf.Variable | null = null;
  #used = 0;

  /** @param rehearsal leave weights and slots as they are */
  constructor(learner: Learner, engine: Pick<Engine, 'asynchronous' | 'keepUp'>, rehearsal = false) {
    this.#learner = learner;
    this.#engine = engine;
    this.#rehearsal = rehearsal;
  }

  /** Whether asking for results costs no more than not asking. */
  get answersAtOnce(): boolean {
    return !this.#engine.asynchronous;
  }

  /** Hands over one step of training; `inputs` and `targets` are disposed. Shapes: `Learner.trainBatch`. */
  async train(inputs: tf.Tensor, targets: tf.Tensor2D, epoch: number, batch: number): Promise<void> {
    if (this.answersAtOnce) {
      const examples = inputs.shape[0]!;
      const { sums } = await this.#learner.trainBatch(inputs, targets, epoch, batch);
      this.#done.push({ batch, examples, sums });
      return;
    }
    // Before they are handed over, as they are then only on this side.
    const wanted = await targets.data<'float32'>();
    this.#guard ??= newGuard(this.#rehearsal);
    const { loss, output, gradients } = this.#learner.gradients(inputs, targets, epoch, batch);
    watchLoss(loss, this.#guard);
    await this.#learner.optimizer.apply(gradients, this.#guard);
    await this.#keep(loss, output);
    this.#waiting.push({ batch, shape: output.shape, targets: wanted });
    for (const tensor of [inputs, targets, loss, output, ...gradients]) tensor?.dispose();
    await this.#engine.keepUp?.();
  }

  /** What the batches gave since this was last asked, in order. */
  async results(): Promise<TrainedBatch[]> {
    await this.#read();
    const done = this.#done;
    this.#done = [];
    return done;
  }

  dispose(): void {
    this.#guard?.dispose();
    this.#results?.dispose();
    this.#guard = this.#results = null;
    this.#waiting = [];
  }

  /** Appends a batch's results to those kept, which are read first where there is no more room. */
  async #keep(loss: tf.Scalar, output: tf.Tensor2D): Promise<void> {
    const size = 1 + output.size;
    if (this.#results && this.#used + size > this.#results.size) await this.#read();
    if (!this.#results || size > this.#results.size) {
      this.#results?.dispose();
      const room = Math.max(size, Math.min(BATCHES_KEPT * size, NUMBERS_KEPT));
      this.#results = tf.tidy(() => tf.variable(tf.zeros([room]), false));
    }
    append(loss, this.#results, this.#used);
    append(output, this.#results, this.#used + 1);
    this.#used += size;
  }

  async #read(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const values = await this.#results!.data<'float32'>();
    let at = 0;
    for (const { batch, shape, targets } of this.#waiting) {
      const [examples, outputs] = shape;
      const output = values.subarray(at + 1, at + 1 + examples * outputs);
      const { sums } = this.#learner.resultOf(values[at]!, targets, output, outputs);
      this.#done.push({ batch, examples, sums });
      at += 1 + output.length;
    }
    this.#waiting = [];
    this.#used = 0;
  }
}
