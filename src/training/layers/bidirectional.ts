/** Keras's Bidirectional: one recurrent layer in each direction, their outputs merged. */
import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import type { Cell } from '../ops/recurrent.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext, Mask } from './layer.ts';
import { runRecurrent } from './recurrent.ts';
import type { RecurrentConfig, RecurrentWeights } from './recurrent.ts';

export type MergeMode = 'concat' | 'sum' | 'mul' | 'ave';

const MERGE: Readonly<Record<MergeMode, (forward: tf.Tensor, backward: tf.Tensor) => tf.Tensor>> = {
  concat: (forward, backward) => tf.concat([forward, backward], -1),
  sum: (forward, backward) => tf.add(forward, backward),
  mul: (forward, backward) => tf.mul(forward, backward),
  ave: (forward, backward) => tf.div(tf.add(forward, backward), 2),
};

export class BidirectionalLayer extends SpecifiedLayer {
  static readonly className = 'UnrollBidirectional';
  readonly #cell: Cell;
  readonly #config: RecurrentConfig;
  readonly #mergeMode: MergeMode;
  readonly #specNames: readonly string[];

  /** `specs` are those of the forward layer and then the backward one: `forward_lstm/kernel`, … */
  constructor(
    name: string,
    cell: Cell,
    config: RecurrentConfig,
    mergeMode: MergeMode,
    specs: readonly WeightSpec[],
  ) {
    super(name, specs);
    this.#cell = cell;
    this.#config = config;
    this.#mergeMode = mergeMode;
    this.#specNames = specs.map((spec) => spec.name);
  }

  protected run([x]: tf.Tensor[], context: CallContext): tf.Tensor {
    const forward = this.#direction(x as tf.Tensor3D, 'forward', context);
    const backward = this.#direction(x as tf.Tensor3D, 'backward', context);
    return MERGE[this.#mergeMode](forward, backward);
  }

  /** One direction's output in the order of time. Keras puts zeros at masked steps here, unlike in a layer alone. */
  #direction(
    x: tf.Tensor3D,
    direction: 'forward' | 'backward',
    { masks, ...context }: CallContext,
  ): tf.Tensor {
    const backwards = direction === 'backward';
    const config = { ...this.#config, go_backwards: this.#config.go_backwards !== backwards };
    const mask: Mask = masks[0] ?? null;
    const draw = { ...context, purpose: `${this.name}/${direction}` };
    const output = runRecurrent(this.#cell, config, this.#weightsOf(direction), x, mask, draw);
    if (!config.return_sequences) return output;
    const inTime = backwards ? tf.reverse(output, 1) : output;
    if (!mask) return inTime;
    const real = this.#config.go_backwards ? tf.reverse(mask, 1) : mask;
    return tf.mul(inTime, tf.expandDims(tf.cast(real, 'float32'), 2));
  }

  #weightsOf(direction: 'forward' | 'backward'): RecurrentWeights {
    const ofDirection = (variable: string) =>
      this.weight(
        this.#specNames.find((name) => name.startsWith(`${direction}_`) && name.endsWith(`/${variable}`)) ??
          variable,
      );
    return {
      kernel: ofDirection('kernel')!,
      recurrentKernel: ofDirection('recurrent_kernel')!,
      bias: ofDirection('bias'),
      carryKernel: ofDirection('carry_kernel'),
    };
  }
}
