/** The largest distance between two lists of numbers; NaN where a number is none, infinity where the lengths differ. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const distance = Math.abs(a[i]! - b[i]!);
    // Not `Math.max`, which NaN passes through but a comparison does not.
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}

/** float32 sums in another order; what is computed differently differs by far more. */
const TOLERANCE = 1e-5;

/** Whether predictions are the same but for rounding: absolutely up to 1, as probabilities are, relatively above. */
export function agrees(outputs: Float32Array, expected: Float32Array): boolean {
  return (
    outputs.length === expected.length &&
    outputs.every(
      (value, i) => Math.abs(value - expected[i]!) <= TOLERANCE * Math.max(1, Math.abs(expected[i]!)),
    )
  );
}
