/**
 * The op `recurrent` in plain tfjs ops: the loop over time around a cell, differentiated by the tape. It is what every
 * kernel is checked against, and what runs where an engine has no kernel.
 */
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs's own ops, which tfjs-core leaves out under Node.
import '@tensorflow/tfjs-layers';
import { STATES, biases, cellStep } from './cells.ts';
import type { State } from './cells.ts';
import type { RecurrentAttributes, RecurrentInputs } from './recurrent.ts';

/**
 * Runs a recurrent layer: x (B, T, D) → (B, T, U) with `returnSequences` (in the order computed), else (B, U).
 * A masked step repeats the state before it, and so its output (zero at the beginning), as Keras's `backend.rnn`.
 * `stateDropout` (B, U) are the factors of recurrent dropout, the same at every step; null: none.
 */
export function recurrentReference(
  inputs: RecurrentInputs,
  attributes: RecurrentAttributes,
  stateDropout: tf.Tensor2D | null = null,
): tf.Tensor {
  const [B, , D] = inputs.x.shape;
  const bias = biases(inputs);
  const { recurrentKernel, carryKernel } = inputs;
  const step = cellStep(attributes, {
    recurrentKernel,
    carryKernel,
    recurrentBias: bias.recurrent,
    stateDropout,
  });
  const projected = tf.add(tf.matMul(tf.reshape(inputs.x, [-1, D]), inputs.kernel), bias.input);
  const steps = unstackTime(
    tf.reshape(projected, [B, -1, inputs.kernel.shape[1]]),
    attributes,
  ) as tf.Tensor2D[];
  const masks = inputs.mask && unstackTime(tf.cast(tf.expandDims(inputs.mask, 2), 'bool'), attributes);

  let state: State = Array.from({ length: STATES[attributes.cell] }, () => tf.zeros([B, attributes.units]));
  const outputs: tf.Tensor2D[] = [];
  steps.forEach((x, t) => {
    const next = step(x, state);
    state = masks ? next.map((value, i) => tf.where(masks[t]!, value, state[i]!) as tf.Tensor2D) : next;
    outputs.push(state[0]!);
  });
  return attributes.returnSequences ? tf.stack(outputs, 1) : state[0]!;
}

/** The steps of (B, T, N) in the order the layer reads them. */
function unstackTime(x: tf.Tensor, { goBackwards }: RecurrentAttributes): tf.Tensor[] {
  // tfjs's gradient of unstacking fails where there is but one.
  const steps = x.shape[1] === 1 ? [tf.squeeze(x, [1])] : tf.unstack(x, 1);
  return goBackwards ? steps.toReversed() : steps;
}
