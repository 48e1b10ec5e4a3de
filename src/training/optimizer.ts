/** An optimizer over all trainable variables of a model: slots, regularizers, clipping, constraints, learning rate, updates. */
import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../shared/layers/layer.ts';
import type { OptimizerConfig } from '../shared/training.ts';
import { constrained } from './ops/constraints.ts';
import { regularizedGradient, type Regularized } from './ops/regularizers.ts';
import { slotNames, update, updatesRegularized } from './ops/update.ts';

/** A variable under the name it has in checkpoints, `layer/variable` or `slot/layer/variable`. */
export interface NamedVariable {
  name: string;
  variable: tf.Variable;
}

/** A weight of a model, with what it adds to the loss and what holds of it after every update. */
export type Weight = NamedVariable & Pick<WeightSpec, 'regularizer' | 'constraint'>;

export const isRegularized = <W extends Weight>(weight: W): weight is W & Regularized =>
  weight.regularizer !== undefined;

export class Optimizer {
  /** The learning rate now in force; reduce-on-plateau lowers it. */
  learningRate: number;
  /** Updates done so far. */
  iterations = 0;
  /** All slots, `velocity/lstm/kernel`: for every variable those of `slotNames`, in order. */
  readonly slots: readonly NamedVariable[];
  readonly #config: OptimizerConfig;
  readonly #weights: readonly Weight[];
  readonly #slotsOf: tf.Variable[][];

  constructor(config: OptimizerConfig, weights: readonly Weight[]) {
    this.#config = config;
    this.#weights = weights;
    this.learningRate = config.learning_rate;
    const slots = weights.map(({ name, variable }) =>
      slotNames(config).map((slot) => ({ name: `${slot}/${name}`, variable: zeroVariable(variable.shape) })),
    );
    this.slots = slots.flat();
    this.#slotsOf = slots.map((group) => group.map(({ variable }) => variable));
  }

  /**
   * Updates every variable by its gradient, given in the order of the weights, and by that of what it adds to the loss; null
   * leaves one that adds nothing, and its slots, alone. Then every weight is put where its constraint has it.
   * @param guard leaves all as it is while it is 1 (ops/deferred.ts); nothing is then read back from the engine
   */
  async apply(gradients: readonly (tf.Tensor | null)[], guard?: tf.Tensor): Promise<void> {
    const regularized = this.#weights.map((weight, i) => this.#regularized(weight, gradients[i] ?? null));
    const present = regularized.flatMap((gradient, index) => (gradient ? [{ gradient, index }] : []));
    const found = present.map(({ gradient }) => gradient);
    const scales = guard ? found.map(() => 1) : await this.#scales(found);
    tf.tidy(() => {
      const clipped = this.#clip(guard ? this.#scaled(found) : found);
      const targets = present.map(({ index }, i) => ({
        variable: this.#weights[index]!.variable,
        gradient: clipped[i]!,
        gradientScale: scales[i]!,
        slots: this.#slotsOf[index]!,
        // What is not in the gradient yet.
        regularizer: gradients[index] === regularized[index] ? this.#weights[index]!.regularizer : undefined,
      }));
      const step = { learningRate: this.learningRate, iteration: this.iterations };
      update(this.#config, targets, step, guard);
      for (const { variable, constraint } of this.#weights)
        if (constraint) variable.assign(constrained(variable, constraint));
    });
    regularized.forEach((gradient, i) => gradient !== gradients[i] && gradient?.dispose());
    this.iterations++;
  }

  /** Keras clips what both give together; where nothing is clipped, an engine's update may add the second by itself. */
  #regularized(weight: Weight, gradient: tf.Tensor | null): tf.Tensor | null {
    const { clipnorm, global_clipnorm, clipvalue } = this.#config;
    const clips = [clipnorm, global_clipnorm, clipvalue].some(Boolean);
    if (!isRegularized(weight) || (gradient && !clips && updatesRegularized(this.#config))) return gradient;
    return regularizedGradient(gradient, weight);
  }

  dispose(): void {
    for (const { variable } of this.slots) variable.dispose();
  }

  /** What each gradient is multiplied by: Keras clips by the first that is set of each norm, the norm of all, each value. */
  async #scales(gradients: readonly tf.Tensor[]): Promise<number[]> {
    const { clipnorm, global_clipnorm } = this.#config;
    if (clipnorm) {
      const norms = await squaredNorms(gradients);
      return norms.map((norm) => clipnorm / Math.max(Math.sqrt(norm), clipnorm));
    }
    if (!global_clipnorm) return gradients.map(() => 1);
    const norm = Math.sqrt((await squaredNorms(gradients)).reduce((sum, squared) => sum + squared, 0));
    return gradients.map(() => global_clipnorm * Math.min(1 / norm, 1 / global_clipnorm));
  }

  /** The gradients times what `#scales` gives, without reading a norm. */
  #scaled(gradients: readonly tf.Tensor[]): readonly tf.Tensor[] {
    const { clipnorm, global_clipnorm } = this.#config;
    const most = clipnorm ?? global_clipnorm;
    if (!most) return gradients;
    const squared = gradients.map((gradient) => tf.sum(tf.square(gradient)));
    const together = clipnorm ? null : tf.addN(squared);
    return gradients.map((gradient, i) =>
      tf.mul(gradient, tf.div(most, tf.maximum(tf.sqrt(together ?? squared[i]!), most))),
    );
  }

  #clip(gradients: readonly tf.Tensor[]): readonly tf.Tensor[] {
    const { clipnorm, global_clipnorm, clipvalue } = this.#config;
    if (clipnorm || global_clipnorm || !clipvalue) return gradients;
    return gradients.map((g) => tf.clipByValue(g, -clipvalue, clipvalue));
  }
}

function zeroVariable(shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape), false));
}

async function squaredNorms(gradients: readonly tf.Tensor[]): Promise<number[]> {
  const sums = tf.tidy(() => gradients.map((gradient) => tf.sum(tf.square(gradient))));
  const values = await Promise.all(sums.map((sum) => sum.data()));
  tf.dispose(sums);
  return values.map(([value]) => value!);
}
