/**
 * What keeps losses with an engine whose results are awaited, so that they are read long after their batches. Such an engine
 * registers both kernels, which change their last input and give no outputs.
 *
 * The guard is a number that is 0 until a loss is not finite, and 1 for good from then on: updates that are given it
 * (ops/update.ts) leave everything as it is while it is 1. Results are appended to one tensor, to be read in one piece.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Inputs `loss` and `guard`. */
export const LOSS_GUARD = 'UnrollLossGuard';
/** Inputs `values` and `into`, attribute `at`: where they go. */
export const APPEND = 'UnrollAppend';

/** @param closed holds the weights as they are whatever the losses */
export function newGuard(closed: boolean): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d([closed ? 1 : 0], 'int32'), false));
}

export function watchLoss(loss: tf.Tensor, guard: tf.Variable): void {
  tf.engine().runKernel(LOSS_GUARD, { loss, guard });
}

/** Copies float32 values behind others. @param at the first place they go to */
export function append(values: tf.Tensor, into: tf.Variable, at: number): void {
  tf.engine().runKernel(APPEND, { values, into }, { at });
}
