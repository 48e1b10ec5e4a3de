/** Why runs differ, on the same examples: by length, and where they disagree. */
import type { ExamplesComparison } from '../contract/analysis.ts';
import { confidences, predictedClasses } from '../statistics/confusion.ts';
import { quantile, wilson } from '../statistics/intervals.ts';

/** A split's answers, in its order. */
export interface Answers {
  labels: Float32Array;
  /** Steps before cutting, with the start id. */
  lengths: Uint32Array;
  /** False for regression. */
  classes: boolean;
}

/** What a run said of every example. */
export interface Said {
  /** examples x outputs. */
  predictions: Float32Array;
  outputs: number;
}

/** One number an example: 1 for right and 0 for wrong, or for values the absolute error. */
export function scoresOf({ predictions, outputs }: Said, { labels, classes }: Answers): Float64Array {
  if (!classes) return Float64Array.from(labels, (label, i) => Math.abs(predictions[i * outputs]! - label));
  const said = predictedClasses(predictions, outputs);
  return Float64Array.from(labels, (label, i) => Number(said[i] === label));
}

const MOST_GROUPS = 8;

/** Ranges of length with about as many examples each; the last reaches to the longest. */
export function lengthRanges(lengths: Uint32Array): { from: number; to: number }[] {
  const sorted = Uint32Array.from(lengths).sort();
  if (sorted.length === 0) return [];
  const cuts = Array.from({ length: MOST_GROUPS - 1 }, (_, i) =>
    Math.ceil(quantile(sorted, (i + 1) / MOST_GROUPS)),
  );
  const starts = [...new Set([sorted[0]!, ...cuts.filter((cut) => cut > sorted[0]!)])];
  return starts.map((from, i) => ({ from, to: (starts[i + 1] ?? sorted.at(-1)! + 1) - 1 }));
}

/** Each range's examples, and every run's mean score in it; a share of right answers with its 95 % interval. */
export function byLength(
  scores: readonly Float64Array[],
  { lengths, classes }: Answers,
): ExamplesComparison['lengths'] {
  return lengthRanges(lengths).map(({ from, to }) => {
    const within = [...lengths.keys()].filter((i) => lengths[i]! >= from && lengths[i]! <= to);
    const results = scores.map((score) => {
      const sum = within.reduce((total, i) => total + score[i]!, 0);
      return {
        mean: within.length === 0 ? null : sum / within.length,
        interval: classes ? wilson(sum, within.length) : null,
      };
    });
    return { from, to, examples: within.length, results };
  });
}

export interface Disagreement {
  index: number;
  /** The classes said. */
  first: number;
  second: number;
  /** The probability each gave to the class it said. */
  confidence: [number, number];
}

/** The examples two runs put into different classes, those both are surest of first. */
export function disagreements(first: Said, second: Said): Disagreement[] {
  const classes = [
    predictedClasses(first.predictions, first.outputs),
    predictedClasses(second.predictions, second.outputs),
  ] as const;
  const sure = [
    confidences(first.predictions, first.outputs),
    confidences(second.predictions, second.outputs),
  ] as const;
  const found: Disagreement[] = [];
  classes[0].forEach((said, index) => {
    const other = classes[1][index]!;
    if (said === other) return;
    found.push({ index, first: said, second: other, confidence: [sure[0][index]!, sure[1][index]!] });
  });
  const surest = ({ confidence: [a, b] }: Disagreement) => a + b;
  return found.sort((a, b) => surest(b) - surest(a) || a.index - b.index);
}
