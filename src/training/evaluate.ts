/** Loss, metrics and outputs over examples without training, in large batches. */
import * as tf from '@tensorflow/tfjs-core';
import type { Logs } from '../shared/protocol.ts';
import type { LossName } from '../shared/training.ts';
import type { Examples } from './data.ts';
import { targetsOf } from './learner.ts';
import type { Learner } from './learner.ts';
import type { Model } from './model.ts';

/** Examples a batch: large enough that overhead vanishes, small enough for the memory of long sequences. */
export const EVALUATION_BATCH = 512;

export interface Evaluation {
  /** Means over all examples. */
  logs: Logs;
  /** examples x outputs, in the order given. */
  predictions: Float32Array;
}

/** Called before each batch with those done; false ends the evaluation. */
type Between = (batch: number, batches: number) => Promise<boolean>;

/** Evaluates the examples of `order`; null when `between` ended it. */
export async function evaluate(
  learner: Learner,
  examples: Examples,
  order: Uint32Array,
  loss: LossName,
  between: Between,
): Promise<Evaluation | null> {
  const { outputs } = learner.model;
  const predictions = new Float32Array(order.length * outputs);
  const sums: Record<string, number> = {};
  const batches = Math.ceil(order.length / EVALUATION_BATCH);
  for (let batch = 0; batch < batches; batch++) {
    if (!(await between(batch, batches))) return null;
    const from = batch * EVALUATION_BATCH;
    const to = Math.min(from + EVALUATION_BATCH, order.length);
    const targets = targetsOf(examples.labelsOf(order, from, to), outputs, loss);
    const result = await learner.evaluateBatch(examples.inputs(order, from, to), targets);
    addSums(sums, result.sums);
    predictions.set(result.output, from * outputs);
  }
  return { logs: means(sums, order.length), predictions };
}

/** The model's outputs for all examples, examples x outputs. */
export async function predictAll(model: Model, examples: Examples): Promise<Float32Array> {
  const predictions = new Float32Array(examples.count * model.outputs);
  const order = Uint32Array.from({ length: examples.count }, (_, i) => i);
  for (let from = 0; from < examples.count; from += EVALUATION_BATCH) {
    const inputs = examples.inputs(order, from, Math.min(from + EVALUATION_BATCH, examples.count));
    const output = tf.tidy(() => model.run(inputs, null).output);
    predictions.set(await output.data<'float32'>(), from * model.outputs);
    tf.dispose([inputs, output]);
  }
  return predictions;
}

/** Adds a batch's sums to those so far. */
export function addSums(into: Record<string, number>, sums: Readonly<Record<string, number>>): void {
  for (const [name, sum] of Object.entries(sums)) into[name] = (into[name] ?? 0) + sum;
}

/** Sums over examples as means. */
export function means(sums: Readonly<Record<string, number>>, examples: number): Logs {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / examples]));
}
