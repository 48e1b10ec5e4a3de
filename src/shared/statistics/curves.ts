/** How well scores tell positives from negatives at every threshold: ROC and precision-recall curves. */

export interface ThresholdPoint {
  /** Positive is said from this score on. */
  threshold: number;
  truePositives: number;
  falsePositives: number;
}

/**
 * Counts at every threshold that changes them, the highest first; the first point says positive of nothing. Scores that are
 * equal change sides together.
 * @param positives whether each example is positive
 */
export function thresholdPoints(scores: ArrayLike<number>, positives: ArrayLike<boolean>): ThresholdPoint[] {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => scores[b]! - scores[a]!,
  );
  const points: ThresholdPoint[] = [{ threshold: Infinity, truePositives: 0, falsePositives: 0 }];
  let truePositives = 0;
  let falsePositives = 0;
  order.forEach((example, at) => {
    if (positives[example]) truePositives++;
    else falsePositives++;
    const next = order[at + 1];
    if (next !== undefined && scores[next] === scores[example]) return;
    points.push({ threshold: scores[example]!, truePositives, falsePositives });
  });
  return points;
}

/** The area under the ROC curve: P(a positive scores above a negative), ties counting half. Null with one class only. */
export function rocArea(points: readonly ThresholdPoint[]): number | null {
  const end = points.at(-1)!;
  if (end.truePositives === 0 || end.falsePositives === 0) return null;
  let doubled = 0;
  points.forEach((point, at) => {
    const before = points[at - 1];
    if (before)
      doubled +=
        (point.falsePositives - before.falsePositives) * (point.truePositives + before.truePositives);
  });
  return doubled / (2 * end.truePositives * end.falsePositives);
}

/** Average precision: the sum of precision times the step in recall (no interpolation). Null without positives. */
export function averagePrecision(points: readonly ThresholdPoint[]): number | null {
  const positives = points.at(-1)!.truePositives;
  if (positives === 0) return null;
  let sum = 0;
  points.forEach((point, at) => {
    const before = points[at - 1];
    if (before && point.truePositives > before.truePositives)
      sum +=
        ((point.truePositives - before.truePositives) / positives) *
        (point.truePositives / (point.truePositives + point.falsePositives));
  });
  return sum;
}

/** At most `most` points, ends kept, so that a curve over many examples draws fast and looks the same. */
export function thinned<T>(points: readonly T[], most: number): T[] {
  if (points.length <= most) return [...points];
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => points[Math.round(i * step)]!);
}
