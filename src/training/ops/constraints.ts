/** What holds of weights after every update, by Keras 3's formulas (keras/src/constraints/constraints.py). */
import * as tf from '@tensorflow/tfjs-core';
import type { Constraint } from '../../shared/layers/constraints.ts';

/** Keras's fuzz factor: it keeps the division by a norm safe. */
const EPSILON = 1e-7;

/** The weight where its constraint has it. */
export function constrained(w: tf.Tensor, constraint: Constraint): tf.Tensor {
  if (constraint.name === 'non_neg') return tf.relu(w);
  const norms = tf.sqrt(tf.sum(tf.square(w), [...constraint.axis], true));
  const scaled = (wanted: tf.Tensor) => tf.mul(w, tf.div(wanted, tf.add(norms, EPSILON)));
  if (constraint.name === 'unit_norm') return scaled(tf.onesLike(norms));
  if (constraint.name === 'max_norm') return scaled(tf.clipByValue(norms, 0, constraint.max_value));
  const { min_value, max_value, rate } = constraint;
  const within = tf.clipByValue(norms, min_value, max_value);
  return scaled(tf.add(tf.mul(within, rate), tf.mul(norms, 1 - rate)));
}
