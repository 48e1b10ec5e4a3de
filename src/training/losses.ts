/**
 * Losses as Keras 3 computes them (keras/src/losses, backend/tensorflow/nn.py): the mean over a batch. Behind a sigmoid or
 * softmax they are taken from the logits, as Keras does; otherwise probabilities are clipped by Keras's epsilon.
 *
 * Letters: B batch, K outputs.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LossName } from '../shared/training.ts';
import { fusedLoss } from './ops/loss.ts';

const EPSILON = 1e-7;

/** What a model gave for a batch. */
export interface Outputs {
  /** (B, K): probabilities or values. */
  output: tf.Tensor2D;
  /** (B, K) before the last layer's sigmoid or softmax, and which of them it is; null where the model ends otherwise. */
  logits: { of: 'sigmoid' | 'softmax'; values: tf.Tensor2D } | null;
}

type Loss = (targets: tf.Tensor2D, outputs: Outputs) => tf.Tensor;

const LOSS: Readonly<Record<LossName, Loss>> = {
  binary_crossentropy: binaryCrossentropy,
  categorical_crossentropy: categoricalCrossentropy,
  sparse_categorical_crossentropy: sparseCategoricalCrossentropy,
  mse: (targets, { output }) => tf.mean(tf.square(tf.sub(output, targets)), -1),
  mae: (targets, { output }) => tf.mean(tf.abs(tf.sub(output, targets)), -1),
};

/** The mean loss of a batch. `targets` is (B, K), or (B, 1) class numbers for the sparse loss. */
export function batchLoss(name: LossName, targets: tf.Tensor2D, outputs: Outputs): tf.Scalar {
  return fused(name, targets, outputs) ?? tf.mean(LOSS[name](targets, outputs));
}

/** In one operation, where the engine has it and the loss is taken from logits or values. */
function fused(name: LossName, targets: tf.Tensor2D, { output, logits }: Outputs): tf.Scalar | null {
  if (name === 'mse' || name === 'mae') return fusedLoss(name, targets, output);
  if (!logits) return null;
  if (name === 'binary_crossentropy' && logits.of === 'sigmoid')
    return fusedLoss('sigmoid', targets, logits.values);
  if (name === 'categorical_crossentropy' && logits.of === 'softmax')
    return fusedLoss('softmax', targets, logits.values);
  if (name === 'sparse_categorical_crossentropy' && logits.of === 'softmax')
    return fusedLoss('sparse softmax', targets, logits.values);
  return null;
}

/** From logits z: y softplus(-z) + (1 - y) softplus(z), which neither overflows nor cancels and is smooth at z = 0. */
function binaryCrossentropy(targets: tf.Tensor2D, { output, logits }: Outputs): tf.Tensor {
  if (logits?.of === 'sigmoid') {
    const z = logits.values;
    const positive = tf.mul(targets, tf.softplus(tf.neg(z)));
    return tf.mean(tf.add(positive, tf.mul(tf.sub(1, targets), tf.softplus(z))), -1);
  }
  const p = clipped(output);
  const likelihood = tf.add(tf.mul(targets, tf.log(p)), tf.mul(tf.sub(1, targets), tf.log(tf.sub(1, p))));
  return tf.mean(tf.neg(likelihood), -1);
}

function categoricalCrossentropy(targets: tf.Tensor2D, { output, logits }: Outputs): tf.Tensor {
  if (logits?.of === 'softmax') return tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits.values)), -1));
  const normalised = tf.div(output, tf.sum(output, -1, true)) as tf.Tensor2D;
  return tf.neg(tf.sum(tf.mul(targets, tf.log(clipped(normalised))), -1));
}

function sparseCategoricalCrossentropy(targets: tf.Tensor2D, { output, logits }: Outputs): tf.Tensor {
  const classes = tf.cast(tf.squeeze(targets, [1]), 'int32') as tf.Tensor1D;
  const oneHot = tf.oneHot(classes, output.shape[1]);
  // Keras takes the softmax of the clipped probabilities' logarithms, which normalises them.
  const z = logits?.of === 'softmax' ? logits.values : (tf.log(clipped(output)) as tf.Tensor2D);
  return tf.neg(tf.sum(tf.mul(tf.cast(oneHot, 'float32'), tf.logSoftmax(z)), -1));
}

function clipped(probabilities: tf.Tensor2D): tf.Tensor2D {
  return tf.clipByValue(probabilities, EPSILON, 1 - EPSILON);
}
