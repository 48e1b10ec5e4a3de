import * as tf from '@tensorflow/tfjs-core';
import { dropout, dropoutFactors } from '../ops/dropout.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext } from './layer.ts';

/** Keras's Dropout: acts in training only. A noise shape says along which axes one draw serves for all. */
export class DropoutLayer extends SpecifiedLayer {
  static readonly className = 'UnrollDropout';
  readonly #rate: number;
  readonly #noiseShape: readonly (number | null)[] | null;

  constructor(name: string, rate: number, noiseShape: readonly (number | null)[] | null) {
    super(name, []);
    this.#rate = rate;
    this.#noiseShape = noiseShape;
  }

  protected run([x]: tf.Tensor[], { training, random }: CallContext): tf.Tensor {
    if (!training || this.#rate === 0) return x!;
    if (!this.#noiseShape) return dropout(x!, this.#rate, random(this.name));
    // A size of the batch is one to draw for each example, however many there are.
    const sizes = this.#noiseShape.map((size, axis) => (size === 1 ? 1 : x!.shape[axis]!));
    return tf.mul(x!, dropoutFactors(sizes, this.#rate, random(this.name)));
  }
}
