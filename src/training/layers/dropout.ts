/** Dropout with factors that are a function of seed, layer, epoch and batch, so that a resumed run draws the same. */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../random.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext } from './layer.ts';

/** Factors of a shape: 0 with probability `rate`, else 1 / (1 - rate), so that the mean stays. */
export function dropoutFactors(shape: readonly number[], rate: number, random: RandomStream): tf.Tensor {
  const factors = new Float32Array(shape.reduce((product, n) => product * n, 1));
  const kept = rate < 1 ? 1 / (1 - rate) : 0;
  for (let i = 0; i < factors.length; i++) factors[i] = random.uniform() < rate ? 0 : kept;
  return tf.tensor(factors, [...shape]);
}

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
    return tf.mul(x!, dropoutFactors(x!.shape, this.#rate, random(this.name)));
  }
}
