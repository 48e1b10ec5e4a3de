import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../../shared/layers/layer.ts';
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
    const { mean, variance } = tf.moments(x!, -1, true);
    const normal: tf.Tensor = tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, this.#epsilon)));
    const gamma = this.weight('gamma');
    const beta = this.weight('beta');
    const scaled = gamma ? tf.mul(normal, gamma) : normal;
    return beta ? tf.add(scaled, beta) : scaled;
  }
}
