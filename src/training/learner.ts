/** One batch of training or evaluation on a model, with the loss, metrics and optimizer of a training configuration. */
import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint, NamedArray } from '../shared/checkpoint.ts';
import { UnrollError } from '../shared/errors.ts';
import type { LossName, TrainingConfig } from '../shared/training.ts';
import { batchLoss } from './losses.ts';
import { metricSum } from './metrics.ts';
import type { Model } from './model.ts';
import { valuesOf } from './ops/read.ts';
import { penalty, type Regularized } from './ops/regularizers.ts';
import { isRegularized, Optimizer } from './optimizer.ts';
import type { NamedVariable } from './optimizer.ts';

/** What a batch gave: sums over its examples by metric name, `loss` first, and the model's outputs. */
export interface BatchResult {
  sums: Record<string, number>;
  /** examples x outputs. */
  output: Float32Array;
}

export class Learner {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly #training: TrainingConfig;
  readonly #regularized: readonly Regularized[];

  constructor(model: Model, training: TrainingConfig) {
    this.model = model;
    this.optimizer = new Optimizer(training.optimizer, model.weights);
    this.#training = training;
    this.#regularized = model.weights.filter(isRegularized);
  }

  /**
   * One step of training. Weights stay as they are where the loss is not finite.
   * @param inputs (B, T) ids or (B, T, D) values; disposed
   * @param targets (B, K), or (B, 1) class numbers
   */
  async trainBatch(
    inputs: tf.Tensor,
    targets: tf.Tensor2D,
    epoch: number,
    batch: number,
  ): Promise<BatchResult> {
    const { loss, output, gradients } = this.gradients(inputs, targets, epoch, batch);
    const result = await this.#result(loss, targets, output);
    if (Number.isFinite(result.sums.loss)) await this.optimizer.apply(gradients);
    for (const tensor of [inputs, targets, loss, output, ...gradients]) tensor?.dispose();
    return result;
  }

  /**
   * The loss of a batch, the outputs, and the gradient of every weight in order (null where none reaches it), without that of
   * what the weights add to the loss: the optimizer knows it.
   */
  gradients(
    inputs: tf.Tensor,
    targets: tf.Tensor2D,
    epoch = 0,
    batch = 0,
  ): { loss: tf.Scalar; output: tf.Tensor2D; gradients: (tf.Tensor | null)[] } {
    const variables = this.model.weights.map(({ variable }) => variable);
    let output: tf.Tensor2D | null = null;
    const forward = (): tf.Scalar => {
      const outputs = this.model.run(inputs, { seed: this.#training.seed, epoch, batch });
      output = tf.keep(outputs.output);
      return batchLoss(this.#training.loss, targets, outputs);
    };
    const { value, grads } = tf.variableGrads(forward, variables);
    return {
      loss: this.#whole(value),
      output: output!,
      gradients: variables.map(({ name }) => grads[name] ?? null),
    };
  }

  /** Loss, metrics and outputs of a batch without training; `inputs` and `targets` are disposed. */
  async evaluateBatch(inputs: tf.Tensor, targets: tf.Tensor2D): Promise<BatchResult> {
    const { loss, output } = tf.tidy(() => {
      const outputs = this.model.run(inputs, null);
      const loss = batchLoss(this.#training.loss, targets, outputs);
      return { loss: this.#whole(loss), output: outputs.output };
    });
    const result = await this.#result(loss, targets, output);
    tf.dispose([inputs, targets, loss, output]);
    return result;
  }

  /** Weights and slots as they are now: to be read, or copied, before the next batch. */
  async arrays(): Promise<Pick<Checkpoint, 'weights' | 'slots'>> {
    const weights = await Promise.all(this.model.weights.map(arrayOf));
    return { weights, slots: await Promise.all(this.optimizer.slots.map(arrayOf)) };
  }

  dispose(): void {
    this.optimizer.dispose();
    this.model.dispose();
  }

  /** As Keras has it: what the weights add is part of the loss, in validation too. */
  #whole(loss: tf.Scalar): tf.Scalar {
    if (this.#regularized.length === 0) return loss;
    const added = penalty(this.#regularized);
    const whole = tf.add<tf.Scalar>(loss, added);
    tf.dispose([loss, added]);
    return whole;
  }

  async #result(loss: tf.Scalar, targets: tf.Tensor2D, output: tf.Tensor2D): Promise<BatchResult> {
    const [[mean], values, wanted] = await Promise.all([valuesOf(loss), valuesOf(output), valuesOf(targets)]);
    return this.resultOf(mean!, wanted, values, output.shape[1]);
  }

  /** What a batch gave, from its mean loss, its targets and its outputs (flat, so many to an example). */
  resultOf(mean: number, targets: Float32Array, output: Float32Array, outputs: number): BatchResult {
    const sums: Record<string, number> = { loss: mean * (output.length / outputs) };
    for (const metric of this.#training.metrics)
      sums[metric] = metricSum(metric, { targets, output, outputs });
    return { sums, output };
  }
}

/**
 * Labels as a loss wants them: one number for one output and for class numbers, else one of K.
 * @throws UnrollError `model-data-mismatch` for a label that has no output
 */
export function targetsOf(labels: Float32Array, outputs: number, loss: LossName): tf.Tensor2D {
  const sparse = loss === 'sparse_categorical_crossentropy';
  if (outputs === 1 || sparse) return tf.tensor2d(labels, [labels.length, 1]);
  const oneOf = new Float32Array(labels.length * outputs);
  labels.forEach((label, example) => (oneOf[example * outputs + label] = 1));
  return tf.tensor2d(oneOf, [labels.length, outputs]);
}

async function arrayOf({ name, variable }: NamedVariable): Promise<NamedArray> {
  return { name, shape: variable.shape, data: await valuesOf(variable) };
}

/** Puts saved values into variables. @throws UnrollError `file-damaged` where names or shapes differ */
export function restore(variables: readonly NamedVariable[], arrays: readonly NamedArray[]): void {
  const saved = new Map(arrays.map((array) => [array.name, array]));
  for (const { name, variable } of variables) {
    const array = saved.get(name);
    if (array?.data.length !== variable.size) {
      throw new UnrollError('file-damaged', {
        path: 'checkpoint',
        reason: `it does not hold ${name} of this model`,
      });
    }
    const values = tf.tensor(array.data, variable.shape);
    variable.assign(values);
    values.dispose();
  }
}

/** Puts those saved values into variables that there are; the others stay as they were drawn. */
export function restoreKnown(variables: readonly NamedVariable[], arrays: readonly NamedArray[]): void {
  const saved = new Set(arrays.map(({ name }) => name));
  restore(
    variables.filter(({ name }) => saved.has(name)),
    arrays,
  );
}
