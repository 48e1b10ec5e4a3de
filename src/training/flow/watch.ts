/**
 * Looks, while a model trains, at how far the loss reaches back through time: the norm of dLoss/dh_t on a few examples, every
 * so many batches that it takes less than a hundredth of the time.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { FromChild } from '../../shared/protocol.ts';
import type { LossName } from '../../shared/training.ts';
import type { Examples } from '../data.ts';
import type { Model } from '../model.ts';
import { gradientNorms } from './flow.ts';

const EXAMPLES = 8;
const LARGEST_SHARE = 0.01;
/** What the first look takes is not known before it: so much training must have passed that it does not matter. */
const FIRST_AFTER_MS = 10_000;

export class GradientWatch {
  readonly #model: Model;
  readonly #examples: Examples;
  readonly #loss: LossName;
  readonly #send: (message: FromChild) => void;
  readonly #begun = performance.now();
  #spent = 0;
  #last = 0;

  constructor(model: Model, examples: Examples, loss: LossName, send: (message: FromChild) => void) {
    this.#model = model;
    this.#examples = examples;
    this.#loss = loss;
    this.#send = send;
  }

  /** To be called between batches; looks when it is time. @param batch done of the epoch, both from 1 */
  between(epoch: number, batch: number): void {
    const begun = performance.now();
    const passed = begun - this.#begun;
    if (passed < FIRST_AFTER_MS || this.#spent + this.#last > LARGEST_SHARE * passed) return;
    const layers = this.#look();
    this.#last = performance.now() - begun;
    this.#spent += this.#last;
    if (layers.length > 0) this.#send({ type: 'gradient', epoch, batch, layers });
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
