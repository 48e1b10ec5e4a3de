import type * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { normalization } from '../ops/normalization.ts';
import { SpecifiedLayer } from './layer.ts';

/** Keras's LayerNormalization over the last axis. tfjs's own fails where scale or center is false. */
export class LayerNormalizationLayer extends SpecifiedLayer {
  static readonly className = 'UnrollLayerNormalization';
  readonly #epsilon: number;

  constructor(name: string, epsilon: number, specs: readonly WeightSpec[]) {
    super(name, specs);
    this.#epsilon = epsilon;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    return normalization({ x: x!, gamma: this.weight('gamma'), beta: this.weight('beta') }, this.#epsilon);
  }
}
