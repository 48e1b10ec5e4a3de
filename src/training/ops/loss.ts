/**
 * The op `loss`: the mean loss of a batch in one operation with its gradient. An engine whose tensors can be read where they
 * are supports it; on others the losses are composed of tfjs's operations (training/losses.ts), twenty for one formula.
 *
 * Letters: B batch, K outputs.
 */
import * as tf from '@tensorflow/tfjs-core';

/** What is compared: logits before a sigmoid or softmax, or values. */
export type FusedLoss = 'sigmoid' | 'softmax' | 'sparse softmax' | 'mse' | 'mae';

export const LOSS = 'UnrollLoss';

/** `targets` (B, K), or (B, 1) class numbers for the sparse one; `outputs` (B, K). Null where the engine has no such op. */
export function fusedLoss(of: FusedLoss, targets: tf.Tensor2D, outputs: tf.Tensor2D): tf.Scalar | null {
  if (!tf.getKernel(LOSS, tf.getBackend())) return null;
  const [loss] = tf.engine().runKernel(LOSS, { targets, outputs }, { of }) as unknown as [tf.Scalar];
  return loss;
}

/** The kernel gives [loss, dOutputs], the second for a dLoss of 1. */
tf.registerGradient({
  kernelName: LOSS,
  inputsToSave: ['targets'],
  outputsToSave: [false, true],
  gradFunc: (dy, [targets, dOutputs]) => ({
    targets: () => tf.zerosLike(targets!),
    outputs: () => tf.mul((dy as tf.Tensor[])[0]!, dOutputs!),
  }),
});
