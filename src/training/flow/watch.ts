/**
 * Looks, while a model trains, at how far the loss reaches back through time: the norms of dLoss/dh_t and dLoss/dc_t on a few
 * examples, as often as all looks together, and those within any one epoch, stay below a fiftieth of the time. The first looks,
 * which also compile what looks need, come between two epochs, or in one so long that it does not matter. Epochs too short for a
 * look have none; theirs come between two epochs now and then.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { FromChild } from '../../shared/protocol.ts';
import type { LossName } from '../../shared/training.ts';
import type { Examples } from '../data.ts';
import type { Model } from '../model.ts';
import { gradientNorms } from './flow.ts';

const EXAMPLES = 4;
/** Of the time so far, and of an epoch; the rest of the fiftieth is for a look that takes longer than the one before. */
const LARGEST_SHARE = 0.015;
/** What a first look is taken to cost: so many milliseconds of compiling, and so many batches. */
const COMPILING_MS = 100;
const FIRST_LOOK_BATCHES = 2;
/** The second is compiled, and about so much cheaper. */
const COMPILED = 0.25;
/** So many looks may come between two epochs, until their code runs at its full speed, at twice the share of the time. */
const WARMING = 3;
/** Behind a shorter epoch, in milliseconds, no look is given before the time so far has room for it. */
const SHORTEST_EPOCH_MS = 250;

export class GradientWatch {
  readonly #model: Model;
  readonly #examples: Examples;
  readonly #loss: LossName;
  readonly #send: (message: FromChild) => void;
  readonly #begun = performance.now();
  #spent = 0;
  #looks = 0;
  /** What the last look cost. */
  #last = 0;
  /** When `between` was last called or the last look ended, and after which batch. */
  #called: { at: number; epoch: number; batch: number } | null = null;
  /** When the epoch under way began, what looks have taken of it, and how long the one before was. */
  #epoch = { number: 0, begun: this.#begun, spent: 0, before: 0 };

  constructor(model: Model, examples: Examples, loss: LossName, send: (message: FromChild) => void) {
    this.#model = model;
    this.#examples = examples;
    this.#loss = loss;
    this.#send = send;
  }

  /** To be called between batches, not after every one of them; looks when it is time. @param batch done of the epoch, both from 1 */
  between(epoch: number, batch: number): void {
    const begun = performance.now();
    if (epoch !== this.#epoch.number) this.#beginEpoch(epoch, begun);
    const batchTime = this.#batchTime(epoch, batch, begun);
    this.#called = { at: begun, epoch, batch };
    if (!this.#affords(this.#cost(batchTime), begun)) return;
    this.#epoch.spent += this.lookAt(epoch, batch);
    this.#called.at = performance.now();
  }

  /** To be called behind an epoch, whose time is over. */
  behind(epoch: number): void {
    if (this.#called?.epoch !== epoch) return;
    const { batch } = this.#called;
    const now = performance.now();
    const took = now - this.#epoch.begun;
    if (this.#isDueBehind(took, this.#cost(took / batch), now)) this.lookAt(epoch, batch);
  }

  /** Whether a look of this cost comes behind an epoch that took so long, both in milliseconds. */
  #isDueBehind(took: number, cost: number, now: number): boolean {
    const long = took >= SHORTEST_EPOCH_MS;
    if (long && this.#looks === 0) return true;
    const warming = long && this.#looks < WARMING;
    if (!warming && cost <= LARGEST_SHARE * took) return false;
    return this.#spent + cost <= (warming ? 2 : 1) * LARGEST_SHARE * (now - this.#begun);
  }

  /** What a look would cost, in milliseconds, as far as one can tell. */
  #cost(batchTime: number | null): number {
    if (this.#looks === 0)
      return batchTime === null ? Infinity : COMPILING_MS + FIRST_LOOK_BATCHES * batchTime;
    return this.#looks === 1 ? COMPILED * this.#last : this.#last;
  }

  /** Looks, due or not, and gives the milliseconds it took. */
  lookAt(epoch: number, batch: number): number {
    const begun = performance.now();
    const layers = this.#look();
    this.#last = performance.now() - begun;
    this.#spent += this.#last;
    this.#looks++;
    if (layers.length > 0) this.#send({ type: 'gradient', epoch, batch, layers });
    return this.#last;
  }

  /** What a batch took since the last call, in milliseconds; null where that was in another epoch. */
  #batchTime(epoch: number, batch: number, now: number): number | null {
    const { at, ...last } = this.#called ?? { at: 0, epoch: 0, batch: 0 };
    return last.epoch === epoch && batch > last.batch ? (now - at) / (batch - last.batch) : null;
  }

  #beginEpoch(number: number, now: number): void {
    // The first call is of the run's first epoch, which began with the watch.
    const first = this.#epoch.number === 0;
    const begun = first ? this.#begun : now;
    this.#epoch = { number, begun, spent: 0, before: first ? 0 : now - this.#epoch.begun };
  }

  #affords(cost: number, now: number): boolean {
    if (this.#spent + cost > LARGEST_SHARE * (now - this.#begun)) return false;
    const { begun, spent, before } = this.#epoch;
    return spent + cost <= LARGEST_SHARE * Math.max(before, now - begun);
  }

  #look() {
    const count = Math.min(EXAMPLES, this.#examples.count);
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    const inputs: tf.Tensor = this.#examples.inputs(order, 0, count);
    const labels = this.#examples.labelsOf(order, 0, count);
    try {
      return gradientNorms(this.#model, inputs, labels, this.#loss).map((layer) => {
        const { name, cell, norms, cellNorms, steps } = layer;
        const ofCell = cellNorms ? { cellNorms: middles(cellNorms, count, steps) } : {};
        return { name, cell, norms: middles(norms, count, steps), ...ofCell };
      });
    } finally {
      inputs.dispose();
    }
  }
}

/** The middle of the examples' norms at each step. */
function middles(norms: Float32Array, examples: number, steps: number): Float32Array {
  return Float32Array.from({ length: steps }, (_, step) => {
    const values = Float32Array.from({ length: examples }, (__, row) => norms[row * steps + step]!).sort();
    return (values[(examples - 1) >> 1]! + values[examples >> 1]!) / 2;
  });
}
