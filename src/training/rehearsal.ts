/**
 * What a run's steps will ask of an engine that compiles as it goes, asked once before the first of them: what it cannot compile,
 * or has no room for, then ends the run before it has begun, and not at its first validation hours later.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../shared/training.ts';
import type { TrainingSplit } from '../shared/training-split.ts';
import { BatchQueue } from './batch-queue.ts';
import type { Examples } from './data.ts';
import type { Engine } from './engines/engine.ts';
import { EVALUATION_BATCH } from './evaluate.ts';
import { targetsOf, type Learner } from './learner.ts';

/** The sizes that batches of so many examples have: shaders differ by them. */
function sizesOf(examples: number, batch: number): number[] {
  const sizes = [Math.min(batch, examples), examples % batch];
  return [...new Set(sizes)].filter((size) => size > 0);
}

/**
 * Goes through a step of training and of validation with each size of batch there will be. Weights, slots and the count of
 * updates stay as they are.
 * @throws UnrollError `shader-failed`, `out-of-memory`, `device-lost`
 */
export async function rehearse(
  learner: Learner,
  examples: Examples,
  split: TrainingSplit,
  { batch_size, loss }: Pick<TrainingConfig, 'batch_size' | 'loss'>,
  engine: Pick<Engine, 'asynchronous' | 'keepUp'>,
): Promise<void> {
  const batchOf = (size: number): [tf.Tensor, tf.Tensor2D] => {
    const order = Uint32Array.from({ length: size }, (_, i) => i);
    const targets = targetsOf(examples.labelsOf(order, 0, size), learner.model.outputs, loss);
    return [examples.inputs(order, 0, size), targets];
  };
  const { iterations } = learner.optimizer;
  const queue = new BatchQueue(learner, engine, true);
  try {
    for (const size of sizesOf(split.train, batch_size)) await queue.train(...batchOf(size), 0, 0);
    // Nothing is read before all that was asked for is known to be valid.
    await queue.results();
  } finally {
    queue.dispose();
  }
  learner.optimizer.iterations = iterations;
  for (const size of sizesOf(split.validation, EVALUATION_BATCH))
    await learner.evaluateBatch(...batchOf(size));
}
