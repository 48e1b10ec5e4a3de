/** SimpleRNN, LSTM, GRU and BookLSTM as layers around the op `recurrent`, with Keras's two kinds of dropout. */
import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { GATES } from '../ops/cells.ts';
import { recurrent } from '../ops/recurrent.ts';
import type { Cell, RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
import { recurrentReference } from '../ops/recurrent.reference.ts';
import { dropoutFactors } from '../ops/dropout.ts';
import { SpecifiedLayer } from './layer.ts';
import type { CallContext, Mask } from './layer.ts';

/** The parameters of all four, by Keras's names; a cell that lacks one does not state it. */
export interface RecurrentConfig {
  units: number;
  activation: string;
  recurrent_activation?: string;
  reset_after?: boolean;
  output_sees?: 'old' | 'new';
  return_sequences: boolean;
  go_backwards: boolean;
  dropout?: number;
  recurrent_dropout?: number;
  zero_output_for_mask?: boolean;
}

export interface RecurrentWeights {
  kernel: tf.Tensor;
  recurrentKernel: tf.Tensor;
  bias: tf.Tensor | null;
  carryKernel: tf.Tensor | null;
}

function attributesOf(cell: Cell, config: RecurrentConfig): RecurrentAttributes {
  return {
    cell,
    units: config.units,
    activation: config.activation,
    recurrentActivation: config.recurrent_activation ?? 'linear',
    returnSequences: config.return_sequences,
    goBackwards: config.go_backwards,
    resetAfter: config.reset_after ?? false,
    outputSees: config.output_sees ?? 'old',
  };
}

/**
 * Runs one recurrent layer. Dropout multiplies the inputs, recurrent dropout the state that enters the recurrent product,
 * each by factors that stay the same over time (Gal and Ghahramani 2016) and are shared by the gates.
 */
export function runRecurrent(
  cell: Cell,
  config: RecurrentConfig,
  weights: RecurrentWeights,
  x: tf.Tensor3D,
  mask: Mask,
  draw: Pick<CallContext, 'training' | 'random' | 'runRecurrent'> & { purpose: string },
): tf.Tensor {
  const attributes = attributesOf(cell, config);
  const [B, , D] = x.shape;
  const { kernel, recurrentKernel, carryKernel } = weights as { [K in keyof RecurrentWeights]: tf.Tensor2D };
  const biasShape = attributes.resetAfter ? [2, GATES[cell] * config.units] : [GATES[cell] * config.units];
  const bias = weights.bias ?? tf.zeros(biasShape);
  const inputs: RecurrentInputs = { x, kernel, recurrentKernel, bias, carryKernel, mask };
  if (!draw.training) return (draw.runRecurrent ?? recurrent)(inputs, attributes, draw.purpose);
  const { dropout = 0, recurrent_dropout = 0 } = config;
  if (dropout > 0) {
    const factors = dropoutFactors([B, 1, D], dropout, draw.random(`${draw.purpose}/dropout`));
    inputs.x = tf.mul(x, factors);
  }
  if (recurrent_dropout === 0) return recurrent(inputs, attributes);
  const factors = dropoutFactors(
    [B, config.units],
    recurrent_dropout,
    draw.random(`${draw.purpose}/recurrent_dropout`),
  );
  return recurrentReference(inputs, attributes, factors as tf.Tensor2D);
}

/** Zeros in place of what was repeated where a step is masked: at every step, or at the last one that was read. */
function zeroed(
  output: tf.Tensor,
  mask: tf.Tensor2D,
  { return_sequences, go_backwards }: RecurrentConfig,
): tf.Tensor {
  const real = tf.cast(mask, 'float32');
  if (return_sequences) return tf.mul(output, tf.expandDims(go_backwards ? tf.reverse(real, 1) : real, 2));
  const [B, T] = real.shape;
  return tf.mul(output, tf.slice(real, [0, go_backwards ? 0 : T - 1], [B, 1]));
}

export class RecurrentLayer extends SpecifiedLayer {
  static readonly className = 'UnrollRecurrent';
  readonly #cell: Cell;
  readonly #config: RecurrentConfig;

  constructor(name: string, cell: Cell, config: RecurrentConfig, specs: readonly WeightSpec[]) {
    super(name, specs);
    this.#cell = cell;
    this.#config = config;
  }

  protected run([x]: tf.Tensor[], { masks, ...context }: CallContext): tf.Tensor {
    const weights: RecurrentWeights = {
      kernel: this.weight('kernel')!,
      recurrentKernel: this.weight('recurrent_kernel')!,
      bias: this.weight('bias'),
      carryKernel: this.weight('carry_kernel'),
    };
    const draw = { ...context, purpose: this.name };
    const mask = masks[0] ?? null;
    const output = runRecurrent(this.#cell, this.#config, weights, x as tf.Tensor3D, mask, draw);
    return mask && this.#config.zero_output_for_mask === true ? zeroed(output, mask, this.#config) : output;
  }
}
