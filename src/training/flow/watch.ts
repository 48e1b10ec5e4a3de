/**
 * Looks, while a model trains, at how far the loss reaches back through time: the norm of dLoss/dh_t on a few examples, as
 * often as all looks together stay below a hundredth of the time, and those of any one epoch below a fiftieth of it. An epoch
 * too short for a single look has none.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { FromChild } from '../../shared/protocol.ts';
import type { LossName } from '../../shared/training.ts';
import type { Examples } from '../data.ts';
import type { Model } from '../model.ts';
import { gradientNorms } from './flow.ts';

const EXAMPLES = 8;
const LARGEST_SHARE = 0.01;
/** Of an epoch; the rest of the fiftieth is for a look that takes longer than the one before. */
const SHARE_OF_EPOCH = 0.015;
/** What a look is taken to cost before there was one, in batches: a first one is the slowest. */
const FIRST_LOOK_BATCHES = 2;
/** Kernels are slow at first, so that early batches say little of how long the later ones take. */
const FIRST_AFTER_MS = 5_000;

export class GradientWatch {
  readonly #model: Model;
  readonly #examples: Examples;
  readonly #loss: LossName;
  readonly #send: (message: FromChild) => void;
  readonly #begun = performance.now();
  #spent = 0;
  #last: number | null = null;
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
    const cost = this.#last ?? (batchTime === null ? Infinity : FIRST_LOOK_BATCHES * batchTime);
    if (!this.#affords(cost, begun)) return;
    const layers = this.#look();
    this.#called.at = performance.now();
    this.#last = this.#called.at - begun;
    this.#spent += this.#last;
    this.#epoch.spent += this.#last;
    if (layers.length > 0) this.#send({ type: 'gradient', epoch, batch, layers });
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
    const passed = now - this.#begun;
    if (passed < FIRST_AFTER_MS || this.#spent + cost > LARGEST_SHARE * passed) return false;
    const { begun, spent, before } = this.#epoch;
    return spent + cost <= SHARE_OF_EPOCH * Math.max(before, now - begun);
  }

  #look() {
    const count = Math.min(EXAMPLES, this.#examples.count);
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    const inputs: tf.Tensor = this.#examples.inputs(order, 0, count);
    const labels = this.#examples.labelsOf(order, 0, count);
    try {
      return gradientNorms(this.#model, inputs, labels, this.#loss).map(({ name, cell, norms, steps }) => ({
        name,
        cell,
        norms: middles(norms, count, steps),
      }));
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
