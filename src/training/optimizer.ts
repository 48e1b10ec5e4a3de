/** An optimizer over all trainable variables of a model: slots, clipping, learning rate and the count of updates. */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../shared/training.ts';
import { slotNames, update } from './ops/update.ts';

/** A variable under the name it has in checkpoints, `layer/variable` or `slot/layer/variable`. */
export interface NamedVariable {
  name: string;
  variable: tf.Variable;
}

export class Optimizer {
  /** The learning rate now in force; reduce-on-plateau lowers it. */
  learningRate: number;
  /** Updates done so far. */
  iterations = 0;
  /** All slots, `velocity/lstm/kernel`: for every variable those of `slotNames`, in order. */
  readonly slots: readonly NamedVariable[];
  readonly #config: OptimizerConfig;
  readonly #weights: readonly NamedVariable[];
  readonly #slotsOf: tf.Variable[][];

  constructor(config: OptimizerConfig, weights: readonly NamedVariable[]) {
    this.#config = config;
    this.#weights = weights;
    this.learningRate = config.learning_rate;
    const slots = weights.map(({ name, variable }) =>
      slotNames(config).map((slot) => ({ name: `${slot}/${name}`, variable: zeroVariable(variable.shape) })),
    );
    this.slots = slots.flat();
    this.#slotsOf = slots.map((group) => group.map(({ variable }) => variable));
  }

  /** Updates every variable by its gradient, given in the order of the weights; null leaves it and its slots alone. */
  apply(gradients: readonly (tf.Tensor | null)[]): void {
    const present = gradients.flatMap((gradient, index) => (gradient ? [{ gradient, index }] : []));
    tf.tidy(() => {
      const { gradients: clipped, scales } = this.#clip(present.map(({ gradient }) => gradient));
      present.forEach(({ index }, i) => {
        const step = {
          learningRate: this.learningRate,
          iteration: this.iterations,
          gradientScale: scales[i]!,
        };
        const { variable } = this.#weights[index]!;
        update(this.#config, { variable, gradient: clipped[i]!, slots: this.#slotsOf[index]! }, step);
      });
    });
    this.iterations++;
  }

  dispose(): void {
    for (const { variable } of this.slots) variable.dispose();
  }

  /** Keras clips by the first of these that is set: each norm, the norm of all together, each value. */
  #clip(gradients: readonly tf.Tensor[]): { gradients: readonly tf.Tensor[]; scales: number[] } {
    const { clipnorm, global_clipnorm, clipvalue } = this.#config;
    const unscaled = gradients.map(() => 1);
    if (clipnorm)
      return {
        gradients,
        scales: gradients.map((g) => clipnorm / Math.max(Math.sqrt(squaredNorm(g)), clipnorm)),
      };
    if (global_clipnorm) {
      const norm = Math.sqrt(gradients.reduce((sum, g) => sum + squaredNorm(g), 0));
      return {
        gradients,
        scales: unscaled.map(() => global_clipnorm * Math.min(1 / norm, 1 / global_clipnorm)),
      };
    }
    if (clipvalue)
      return { gradients: gradients.map((g) => tf.clipByValue(g, -clipvalue, clipvalue)), scales: unscaled };
    return { gradients, scales: unscaled };
  }
}

function zeroVariable(shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape), false));
}

function squaredNorm(gradient: tf.Tensor): number {
  return tf.sum(tf.square(gradient)).dataSync()[0]!;
}
