/** Keras's Bidirectional: a recurrent layer in each direction, the same or another, their outputs merged. */
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

export interface Direction {
  name: 'forward' | 'backward';
  cell: Cell;
  config: RecurrentConfig;
}

export class BidirectionalLayer extends SpecifiedLayer {
  static readonly className = 'UnrollBidirectional';
  readonly #directions: readonly [Direction, Direction];
  readonly #mergeMode: MergeMode;
  readonly #specNames: readonly string[];

  /** `specs` are those of the forward layer and then the backward one: `forward_lstm/kernel`, … */
  constructor(
    name: string,
    directions: readonly [Direction, Direction],
    mergeMode: MergeMode,
    specs: readonly WeightSpec[],
  ) {
    super(name, specs);
    this.#directions = directions;
    this.#mergeMode = mergeMode;
    this.#specNames = specs.map((spec) => spec.name);
  }

  protected run([x]: tf.Tensor[], context: CallContext): tf.Tensor {
    const [first, second] = this.#directions;
    const forward = this.#direction(x as tf.Tensor3D, first, context);
    const backward = this.#direction(x as tf.Tensor3D, second, context);
    return MERGE[this.#mergeMode](forward, backward);
  }

  /** One direction's output in the order in which the first layer reads. Keras puts zeros at masked steps here, unlike in a layer alone. */
  #direction(
    x: tf.Tensor3D,
    { name, cell, config }: Direction,
    { masks, ...context }: CallContext,
  ): tf.Tensor {
    const mask: Mask = masks[0] ?? null;
    const draw = { ...context, purpose: `${this.name}/${name}` };
    const output = runRecurrent(cell, config, this.#weightsOf(name), x, mask, draw);
    if (!config.return_sequences) return output;
    const turned = name === 'backward' ? tf.reverse(output, 1) : output;
    if (!mask) return turned;
    // Both are in the order in which the first layer reads.
    const real = this.#directions[0].config.go_backwards ? tf.reverse(mask, 1) : mask;
    return tf.mul(turned, tf.expandDims(tf.cast(real, 'float32'), 2));
  }

  #weightsOf(direction: Direction['name']): RecurrentWeights {
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
