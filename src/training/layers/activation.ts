import type * as tf from '@tensorflow/tfjs-core';
import { activationFunction } from '../ops/activations.ts';
import { SpecifiedLayer } from './layer.ts';

/** Keras's Activation; also the second half of a Dense or Conv1D that has one. */
export class ActivationLayer extends SpecifiedLayer {
  static readonly className = 'UnrollActivation';
  readonly activation: string;

  constructor(name: string, activation: string) {
    super(name, []);
    this.activation = activation;
  }

  protected run([x]: tf.Tensor[]): tf.Tensor {
    return activationFunction(this.activation)(x!);
  }
}
