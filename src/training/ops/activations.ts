/** Keras 3's activation functions by name, in plain tfjs ops. Where tfjs's own function differs, the Keras formula stands here. */
import * as tf from '@tensorflow/tfjs-core';
import { UnrollError } from '../../shared/errors.ts';

type Activation = <T extends tf.Tensor>(x: T) => T;

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (x) => x,
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  softmax: (x) => tf.softmax(x),
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  leaky_relu: (x) => tf.leakyRelu(x, 0.2),
  elu: (x) => tf.elu(x),
  selu: (x) => tf.selu(x),
  softplus: (x) => tf.softplus(x),
  softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  exponential: (x) => tf.exp(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  mish: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
  /** tfjs's hardSigmoid has the slope of Keras 2 (0.2); Keras 3's is 1/6. */
  hard_sigmoid: (x) => tf.div(tf.relu6(tf.add(x, 3)), 6),
  hard_silu: (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
};

/**
 * The activation function of a Keras name.
 * @throws UnrollError `input-invalid` for a name this version does not know.
 */
export function activationFunction(name: string): Activation {
  const activation = ACTIVATIONS[name];
  if (activation) return activation;
  const reason = `${name} is not one of ${Object.keys(ACTIVATIONS).join(', ')}`;
  throw new UnrollError('input-invalid', { what: 'The activation', reason });
}
