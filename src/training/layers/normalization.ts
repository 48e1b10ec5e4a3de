import * as tf from '@tensorflow/tfjs-core';
import { axesOf, type NormalizationConfig } from '../../shared/layers/layer-normalization.ts';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { normalization } from '../ops/normalization.ts';
import { SpecifiedLayer } from './layer.ts';

/** Keras's LayerNormalization. tfjs's own fails where scale or center is false. */
export class LayerNormalizationLayer extends SpecifiedLayer {
  static readonly className = 'UnrollLayerNormalization';
  readonly #config: NormalizationConfig;

  constructor(name: string, config: NormalizationConfig, specs: readonly WeightSpec[]) {
    super(name, specs);
    this.#config = config;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    const { epsilon, rms_scaling } = this.#config;
    const inputs = { x: x!, gamma: this.weight('gamma'), beta: this.weight('beta') };
    const axes = axesOf(this.#config, x!.shape);
    if (axes.length === 1 && axes[0] === x!.rank - 1 && !rms_scaling) return normalization(inputs, epsilon);
    return overAxes(inputs, axes, this.#config);
  }
}

/**
 * Over any axes. With `rms_scaling` the mean is not taken off, but, as in Keras, the variance is that around it, not the mean
 * square.
 */
function overAxes(
  { x, gamma, beta }: { x: tf.Tensor; gamma: tf.Tensor | null; beta: tf.Tensor | null },
  axes: number[],
  { epsilon, rms_scaling }: NormalizationConfig,
): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  // What is learned lies along the axes, in their order.
  const along = (weight: tf.Tensor): tf.Tensor =>
    tf.reshape(
      weight,
      x.shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
    );
  const centred: tf.Tensor = rms_scaling ? x : tf.sub(x, mean);
  const normal: tf.Tensor = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  const scaled = gamma ? tf.mul(normal, along(gamma)) : normal;
  return beta ? tf.add(scaled, along(beta)) : scaled;
}
