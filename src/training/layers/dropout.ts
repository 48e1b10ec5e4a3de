import type * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../ops/dropout.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext } from './layer.ts';

/** Keras's Dropout: acts in training only. */
export class DropoutLayer extends SpecifiedLayer {
  static readonly className = 'UnrollDropout';
  readonly #rate: number;

  constructor(name: string, rate: number) {
    super(name, []);
    this.#rate = rate;
  }

  protected run([x]: tf.Tensor[], { training, random }: CallContext): tf.Tensor {
    if (!training || this.#rate === 0) return x!;
    return dropout(x!, this.#rate, random(this.name));
  }
}
