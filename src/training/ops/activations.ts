/** Keras 3's activation functions by name, in plain tfjs ops. Where tfjs's own function differs, the Keras formula stands here. */
import * as tf from '@tensorflow/tfjs-core';
import { UnrollError } from '../../shared/errors.ts';

type Activation = <T extends tf.Tensor>(x: T) => T;

/** (…, N, N): 1 where the feature j of a row, by size, is at or before its feature i, equal ones in their order. */
function ahead(x: tf.Tensor): tf.Tensor {
  const [each, other] = [tf.expandDims(x, -1), tf.expandDims(x, -2)];
  const places = tf.range(0, x.shape.at(-1)!);
  const before = tf.lessEqual(tf.expandDims(places, 0), tf.expandDims(places, 1));
  const tie = tf.logicalAnd(tf.equal(other, each), before);
  return tf.cast(tf.logicalOr(tf.greater(other, each), tie), 'float32');
}

/**
 * max(x - threshold, 0) over the last axis (Martins and Astudillo 2016, "From Softmax to Sparsemax"), with Keras's threshold:
 * where k features are left, that is a k-th of all their running sums less 1, not, as in the paper, of the last of these.
 */
function sparsemax<T extends tf.Tensor>(x: T): T {
  const value = tf.customGrad((values, save) => {
    const given = values as tf.Tensor;
    const order = ahead(given);
    const sums = tf.sum(tf.mul(order, tf.expandDims(given, -2)), -1);
    const left = tf.cast(tf.greater(given, tf.div(tf.sub(sums, 1), tf.sum(order, -1))), 'float32');
    const count = tf.sum(left, -1, true);
    const threshold = tf.div(tf.sub(tf.sum(tf.mul(left, sums), -1, true), 1), count);
    const output = tf.relu(tf.sub(given, threshold));
    // How much the threshold grows with each feature.
    const slope = tf.div(tf.sum(tf.mul(order, tf.expandDims(left, -1)), -2), count);
    (save as tf.GradSaveFunc)([output, slope]);
    const gradFunc = (dy: tf.Tensor, [kept, growth]: tf.Tensor[]) => {
      const inside = tf.mul(dy, tf.cast(tf.greater(kept!, 0), 'float32'));
      return tf.sub(inside, tf.mul(growth!, tf.sum(inside, -1, true)));
    };
    return { value: output, gradFunc };
  });
  return value(x) as T;
}

/** x where it is more than a half from zero; tfjs would ask the comparison for its gradient. */
function hardShrink<T extends tf.Tensor>(x: T): T {
  const value = tf.customGrad((values, save) => {
    const kept = tf.cast(tf.greater(tf.abs(values as tf.Tensor), 0.5), 'float32');
    (save as tf.GradSaveFunc)([kept]);
    const gradFunc = (dy: tf.Tensor, [chosen]: tf.Tensor[]) => tf.mul(dy, chosen!);
    return { value: tf.mul(values as tf.Tensor, kept), gradFunc };
  });
  return value(x) as T;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (x) => x,
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  softmax: (x) => tf.softmax(x),
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  leaky_relu: (x) => tf.leakyRelu(x, 0.2),
  elu: (x) => tf.elu(x),
  /** With Keras's alpha of 1 the same as elu. */
  celu: (x) => tf.elu(x),
  selu: (x) => tf.selu(x),
  softplus: (x) => tf.softplus(x),
  squareplus: (x) => tf.div(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 2),
  /** (x + 1)^2 / 4 from -1 to 1, zero before and x behind. */
  sparse_plus: (x) => tf.add(tf.div(tf.square(tf.clipByValue(tf.add(x, 1), 0, 2)), 4), tf.relu(tf.sub(x, 1))),
  softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  exponential: (x) => tf.exp(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  mish: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
  /** tfjs's hardSigmoid has the slope of Keras 2 (0.2); Keras 3's is 1/6. */
  hard_sigmoid: (x) => tf.div(tf.relu6(tf.add(x, 3)), 6),
  hard_silu: (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  hard_tanh: (x) => tf.clipByValue(x, -1, 1),
  hard_shrink: hardShrink,
  soft_shrink: (x) => tf.sub(x, tf.clipByValue(x, -0.5, 0.5)),
  tanh_shrink: (x) => tf.sub(x, tf.tanh(x)),
  log_sigmoid: (x) => tf.neg(tf.softplus(tf.neg(x))),
  sparse_sigmoid: (x) => tf.div(tf.add(tf.clipByValue(x, -1, 1), 1), 2),
  log_softmax: (x) => tf.logSoftmax(x),
  sparsemax,
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
