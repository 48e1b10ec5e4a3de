/** What a classifier said against what was true. */

/** The class each example is given: by the threshold for one output, else the likeliest. */
export function predictedClasses(
  predictions: ArrayLike<number>,
  outputs: number,
  threshold = 0.5,
): Uint32Array {
  return Uint32Array.from({ length: predictions.length / outputs }, (_, example) => {
    // As Keras's binary accuracy: above the threshold.
    if (outputs === 1) return Number(predictions[example]! > threshold);
    let best = 0;
    for (let k = 1; k < outputs; k++)
      if (predictions[example * outputs + k]! > predictions[example * outputs + best]!) best = k;
    return best;
  });
}

/** The probability given to the class said, 0.5 to 1 for two classes. */
export function confidences(predictions: ArrayLike<number>, outputs: number): Float64Array {
  return Float64Array.from({ length: predictions.length / outputs }, (_, example) => {
    if (outputs === 1) return Math.max(predictions[example]!, 1 - predictions[example]!);
    let best = 0;
    for (let k = 0; k < outputs; k++) best = Math.max(best, predictions[example * outputs + k]!);
    return best;
  });
}

/** Counts by true class (row) and class said (column). */
export function confusionMatrix(
  said: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < said.length; i++) {
    const row = matrix[labels[i]!];
    if (row?.[said[i]!] !== undefined) row[said[i]!]! += 1;
  }
  return matrix;
}

export interface ClassScores {
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

/** Precision, recall and their harmonic mean for one class; null where nothing was said, or nothing was there. */
export function classScores(matrix: readonly (readonly number[])[], of: number): ClassScores {
  const right = matrix[of]?.[of] ?? 0;
  const said = matrix.reduce((sum, row) => sum + (row[of] ?? 0), 0);
  const there = (matrix[of] ?? []).reduce((sum, value) => sum + value, 0);
  return {
    precision: said === 0 ? null : right / said,
    recall: there === 0 ? null : right / there,
    f1: said + there === 0 ? null : (2 * right) / (said + there),
  };
}
