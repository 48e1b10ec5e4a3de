/** 95 % intervals of a share, and of the mean difference of two models on the same examples. */
import { MersenneTwister } from '../random/mersenne-twister.ts';
import { NORMAL_975 } from './distributions.ts';

export interface Interval {
  low: number;
  high: number;
}

/** Wilson's score interval of `successes` in `trials` (Wilson 1927); it stays within 0 and 1. Null without trials. */
export function wilson(successes: number, trials: number): Interval | null {
  if (trials === 0) return null;
  const share = successes / trials;
  const z2 = NORMAL_975 ** 2;
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half =
    (NORMAL_975 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

export interface Bootstrap extends Interval {
  /** The mean difference itself. */
  mean: number;
  resamples: number;
}

/** Resamples between two pauses: a few milliseconds on tens of thousands of examples. */
const AT_ONCE = 20;

/**
 * The percentile bootstrap of a mean (Efron 1979): examples are drawn with replacement, each with both models' results, so
 * that what makes an example hard for both cancels. Pauses now and then, for who must not be kept waiting.
 * @param differences one an example: second model less first
 */
export function* bootstrapInSteps(
  differences: ArrayLike<number>,
  { resamples = 1000, seed = 1 } = {},
): Generator<undefined, Bootstrap | null> {
  const count = differences.length;
  if (count === 0) return null;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += differences[i]!;
  const random = new MersenneTwister(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let drawn = 0;
    for (let i = 0; i < count; i++)
      drawn += differences[Math.floor((random.nextUint32() / 2 ** 32) * count)]!;
    means[resample] = drawn / count;
    if (resample % AT_ONCE === AT_ONCE - 1) yield;
  }
  means.sort();
  return { mean: sum / count, low: quantile(means, 0.025), high: quantile(means, 0.975), resamples };
}

/** The quantile of sorted values, interpolated between the two nearest, as NumPy's default. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}
