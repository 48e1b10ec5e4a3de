/** Whether probabilities mean what they say: of the examples given 0.8, are 80 % positive? */
import { wilson, type Interval } from './intervals.ts';

export interface CalibrationBin {
  from: number;
  to: number;
  examples: number;
  /** Means over the bin's examples; null for an empty bin. */
  predicted: number | null;
  observed: number | null;
  /** 95 % interval of the observed share. */
  interval: Interval | null;
}

export interface Calibration {
  bins: CalibrationBin[];
  /** Expected calibration error: the mean distance of observed from predicted, weighted by examples (Guo et al. 2017). */
  expectedError: number;
  /** The mean squared distance of probability from outcome (Brier 1950). */
  brier: number;
}

/** Bins of equal width; the last holds 1 too. Null without examples. */
export function calibration(
  probabilities: ArrayLike<number>,
  positives: ArrayLike<boolean>,
  bins = 10,
): Calibration | null {
  const examples = probabilities.length;
  if (examples === 0) return null;
  const sums = Array.from({ length: bins }, () => ({ examples: 0, predicted: 0, positives: 0 }));
  let squares = 0;
  for (let i = 0; i < examples; i++) {
    const probability = probabilities[i]!;
    const outcome = positives[i] ? 1 : 0;
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.floor(probability * bins)))]!;
    bin.examples += 1;
    bin.predicted += probability;
    bin.positives += outcome;
    squares += (probability - outcome) ** 2;
  }
  const expectedError =
    sums.reduce((sum, bin) => sum + Math.abs(bin.positives - bin.predicted), 0) / examples;
  return {
    bins: sums.map((bin, index) => ({
      from: index / bins,
      to: (index + 1) / bins,
      examples: bin.examples,
      predicted: bin.examples === 0 ? null : bin.predicted / bin.examples,
      observed: bin.examples === 0 ? null : bin.positives / bin.examples,
      interval: wilson(bin.positives, bin.examples),
    })),
    expectedError,
    brier: squares / examples,
  };
}
