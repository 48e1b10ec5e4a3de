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
