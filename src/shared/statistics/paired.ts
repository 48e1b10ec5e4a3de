/** Paired tests over seeds: each seed trained once with either model. */
import { student975, studentTwoSided } from './distributions.ts';
import type { Interval } from './intervals.ts';

export interface Spread {
  mean: number;
  /** The sample's standard deviation (n - 1); null for a single value. */
  deviation: number | null;
}

/** Mean and standard deviation; null without values. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

export interface PairedT {
  pairs: number;
  mean: number;
  t: number;
  /** Two-sided. */
  p: number;
  /** 95 % interval of the mean difference. */
  interval: Interval;
}

/** A spread this small beside the mean is rounding, not chance. */
const ROUNDING = 1e-9;

/** Student's paired t-test on the differences of each seed; null below two pairs or where all differences are equal. */
export function pairedT(differences: readonly number[]): PairedT | null {
  const summary = spread(differences);
  if (!summary?.deviation || summary.deviation <= ROUNDING * Math.abs(summary.mean)) return null;
  const pairs = differences.length;
  const error = summary.deviation / Math.sqrt(pairs);
  const t = summary.mean / error;
  const half = student975(pairs - 1) * error;
  return {
    pairs,
    mean: summary.mean,
    t,
    p: studentTwoSided(t, pairs - 1),
    interval: { low: summary.mean - half, high: summary.mean + half },
  };
}

export interface Wilcoxon {
  /** Pairs that differ; those that do not are left out (Wilcoxon's own rule). */
  pairs: number;
  /** The smaller of the sums of ranks of positive and of negative differences. */
  statistic: number;
  /** Two-sided, exact: over all 2^n signs the ranks might have had. */
  p: number;
}

/** Wilcoxon's signed-rank test (Wilcoxon 1945), exact also with ties; null where no pair differs. */
export function wilcoxon(differences: readonly number[]): Wilcoxon | null {
  const differing = differences.filter((value) => value !== 0);
  if (differing.length === 0) return null;
  const ranks = doubledRanks(differing.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + (differing[i]! > 0 ? rank : 0), 0);
  const smaller = Math.min(positive, total - positive);
  const ways = waysBySum(ranks, total);
  let below = 0;
  for (let sum = 0; sum <= smaller; sum++) below += ways[sum]!;
  const p = Math.min(1, (2 * below) / 2 ** differing.length);
  return { pairs: differing.length, statistic: smaller / 2, p };
}

/** Twice the rank of each value, ties sharing the mean of theirs, so that all are whole. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const lower = values.filter((other) => other < value).length;
    const same = values.filter((other) => other === value).length;
    return 2 * lower + same + 1;
  });
}

/** In how many of the 2^n choices of signs the positive ranks sum to each number. */
function waysBySum(ranks: readonly number[], total: number): Float64Array {
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks) for (let sum = total; sum >= rank; sum--) ways[sum]! += ways[sum - rank]!;
  return ways;
}
