/** Metrics as Keras 3 computes them, in plain numbers: a model's outputs are few, so reading them costs nothing. */
import type { MetricName } from '../shared/training.ts';

/** A batch of targets and outputs, both flat. */
export interface Predicted {
  /** examples x outputs, or one class number an example (`sparse`). */
  targets: Float32Array;
  output: Float32Array;
  outputs: number;
}

const SUMS: Readonly<Record<MetricName, (batch: Predicted) => number>> = {
  acc: correct,
  mse: (batch) => meanDifference(batch, (difference) => difference * difference),
  mae: (batch) => meanDifference(batch, Math.abs),
};

/** The sum of a metric over the examples of a batch. */
export function metricSum(name: MetricName, batch: Predicted): number {
  return SUMS[name](batch);
}

/**
 * Right answers. Keras's `acc` is binary accuracy (above 0.5 counts as 1) for one output, else the largest output must be
 * the target's class, which comes as a class number or as one of K.
 */
function correct({ targets, output, outputs }: Predicted): number {
  const examples = output.length / outputs;
  const sparse = outputs > 1 && targets.length === examples;
  let count = 0;
  for (let example = 0; example < examples; example++) {
    if (outputs === 1) count += Number((output[example]! > 0.5 ? 1 : 0) === targets[example]);
    else {
      const wanted = sparse ? targets[example]! : largest(targets, example * outputs, outputs);
      count += Number(largest(output, example * outputs, outputs) === wanted);
    }
  }
  return count;
}

function largest(values: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[from + i]! > values[from + best]!) best = i;
  return best;
}

function meanDifference(
  { targets, output, outputs }: Predicted,
  measure: (difference: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < output.length; i++) sum += measure(output[i]! - targets[i]!);
  return sum / outputs;
}
