/** What our tfjs layers share: weights as the layer catalogue states them, and what a call is told besides its inputs. */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import type { RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
import type { RandomStream } from '../random.ts';

/** (B, T), true where a step is real; null: every step is. */
export type Mask = tf.Tensor2D | null;

/** Runs a recurrent layer, or one direction of it (`lstm/forward`), in place of the op: to look into it. */
export type RunRecurrent = (
  inputs: RecurrentInputs,
  attributes: RecurrentAttributes,
  name: string,
) => tf.Tensor;

/** The keyword arguments of `call`. */
export type CallContext = {
  training: boolean;
  /** One for each input. */
  masks: readonly Mask[];
  /** Random numbers for a purpose, a function of the run's seed, the epoch and the batch alone. */
  random: (purpose: string) => RandomStream;
  /** What runs recurrent layers where nothing is trained; without it, the op. */
  runRecurrent?: RunRecurrent | undefined;
};

/** A tfjs layer with the weights given, in their order; the model fills in their initial values. */
export abstract class SpecifiedLayer extends layers.Layer {
  readonly #specs: readonly WeightSpec[];

  constructor(name: string, specs: readonly WeightSpec[]) {
    super({ name });
    this.#specs = specs;
  }

  override build(): void {
    for (const { name, shape } of this.#specs)
      this.addWeight(name, [...shape], 'float32', initializers.zeros());
    this.built = true;
  }

  /** The weight of a name, or null where the configuration leaves it out. */
  protected weight(name: string): tf.Tensor | null {
    const index = this.#specs.findIndex((spec) => spec.name === name);
    return index < 0 ? null : this.weights[index]!.read();
  }

  override call(inputs: tf.Tensor | tf.Tensor[], context: CallContext): tf.Tensor {
    return tf.tidy(() => this.run(Array.isArray(inputs) ? inputs : [inputs], context));
  }

  protected abstract run(inputs: tf.Tensor[], context: CallContext): tf.Tensor;
}
