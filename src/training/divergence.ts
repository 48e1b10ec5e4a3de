/** Training that left the finite numbers: which layer, epoch and batch it did so in. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { UnrollError } from '../shared/errors.ts';
import type { Learner } from './learner.ts';

/** A batch, counted from 0 like its epoch. */
interface Place {
  epoch: number;
  batch: number;
}

export interface Divergence {
  learner: Learner;
  /** The loss that was found, or NaN for a weight. */
  value: number;
  at: Place;
  /** Of the batch whose loss it is, where they are known; disposed. */
  inputs: Tensor | null;
  /** Where the last update was made; null before the first of this process. */
  updated: Place | null;
  /** Whether there is a checkpoint to fall back on. */
  kept: boolean;
}

/**
 * Where weights are no finite numbers, the gradient of the last update made them so: it is named with its layer, the first
 * on the way back from the output, as a gradient hands on to the layers below what it has itself. Else it is the first layer
 * whose output for `inputs` is none.
 */
export async function diverged(divergence: Divergence): Promise<UnrollError> {
  const { learner, value, inputs, updated, kept } = divergence;
  const { model, optimizer } = learner;
  const weights = await Promise.all(model.weights.map(({ variable }) => variable.data<'float32'>()));
  const broken = model.weights[weights.findLastIndex((values) => !areFinite(values))];
  const byUpdate = broken && updated;
  const layer = byUpdate
    ? broken.name.slice(0, broken.name.lastIndexOf('/'))
    : inputs && (await model.firstNotFinite(inputs));
  inputs?.dispose();
  const { epoch, batch } = byUpdate ? updated : divergence.at;
  return new UnrollError('training-diverged', {
    value: String(value),
    what: byUpdate ? 'gradient' : 'output',
    layer,
    epoch: epoch + 1,
    batch: batch + 1,
    learningRate: optimizer.learningRate,
    kept,
  });
}

/** Whether all values are: 0 times anything else is not 0. */
export function areFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i]!;
  return sum === 0;
}
