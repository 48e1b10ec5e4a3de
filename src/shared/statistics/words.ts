/** Each statistic in one sentence that says what it means, and one that says when it may not be trusted. */
import { ENOUGH_DISAGREEMENTS, type McNemar } from './mcnemar.ts';
import type { Bootstrap } from './intervals.ts';
import type { PairedT, Wilcoxon } from './paired.ts';

export interface Words {
  meaning: string;
  caution: string;
}

const SIGNIFICANT = 0.05;

/** `p = 0.0312`, `p < 0.0001`. */
export function probabilityText(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toFixed(4)}`;
}

/** `+1.2` points from 0.012, with a true minus sign. */
function points(difference: number): string {
  const text = (Math.abs(difference) * 100).toFixed(2);
  return `${difference < 0 ? '−' : '+'}${text}`;
}

/** The P McNemar's test is told by: the exact one where disagreements are few. */
export function mcnemarP({ onlyFirst, onlySecond, exactP, chiSquareP }: McNemar): number {
  return onlyFirst + onlySecond < ENOUGH_DISAGREEMENTS ? exactP : chiSquareP;
}

/** @param first the baseline's name */
export function mcnemarWords(result: McNemar, first: string, second: string): Words {
  const p = mcnemarP(result);
  const few = result.onlyFirst + result.onlySecond < ENOUGH_DISAGREEMENTS;
  const better = result.onlyFirst > result.onlySecond ? first : second;
  const meaning =
    p < SIGNIFICANT
      ? `On these examples ${better} is right significantly more often: were both equally good, so uneven a split of their disagreements would come by chance with ${probabilityText(p)}.`
      : `Their disagreements are split as evenly as chance would split them (${probabilityText(p)}): no difference is shown.`;
  const count = few
    ? `There are fewer than ${ENOUGH_DISAGREEMENTS} disagreements, so the exact test is told and only a large difference could show. `
    : '';
  return {
    meaning,
    caution: `${count}It speaks of these two trained models, not of their kinds: another seed may decide otherwise. Not to be trusted where the examples were used to choose a model, or are copies of one another.`,
  };
}

/**
 * What several tests against one baseline ask for, by Bonferroni; null for one.
 * @param tests how many
 */
export function severalTestsText(tests: number): string | null {
  if (tests < 2) return null;
  const level = Number(((SIGNIFICANT / tests) * 100).toFixed(2));
  return `${tests} tests against one baseline: the more tests, the likelier one seems significant by chance. Of ${tests}, take one as shown only where p is below ${level} % instead of the usual 5 % (Bonferroni).`;
}

/** @param what `accuracy` (in points of a percent) or an error in its own unit */
export function bootstrapWords(
  { mean, low, high, resamples }: Bootstrap,
  what: 'accuracy' | 'absolute error',
  second: string,
): Words {
  const shown = (value: number) =>
    what === 'accuracy' ? points(value) : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
  const unit = what === 'accuracy' ? ' percentage points' : '';
  const decided = low > 0 || high < 0;
  const verdict = decided
    ? 'the interval leaves 0 out, so the difference is unlikely to be chance'
    : 'the interval holds 0, so the difference may be chance';
  return {
    meaning: `The ${what} of ${second} differs by ${shown(mean)}${unit}, 95 % interval ${shown(low)} to ${shown(high)}: ${verdict}.`,
    caution: `From ${resamples.toLocaleString('en-US')} resamples of the examples, so it holds for other examples like these and these two trained models; it is too narrow below about 50 examples, and it does not speak of other seeds.`,
  };
}

/** @param pairs how many seeds both were trained with */
export function pairedWords(t: PairedT | null, signed: Wilcoxon | null, pairs: number): Words {
  if (pairs < 2)
    return {
      meaning: 'One seed says nothing about the spread over seeds.',
      caution: 'Train both with the same two or more seeds; five are a good start.',
    };
  if (!t || !signed)
    return {
      meaning: `Over ${pairs} seeds all differences are the same, so there is no spread to test against.`,
      caution: 'This happens with few test examples or runs that are copies of one another.',
    };
  const tells =
    t.p < SIGNIFICANT ? 'the difference is larger than the spread over seeds' : 'no difference is shown';
  const least = 2 / 2 ** signed.pairs;
  return {
    meaning: `Over ${pairs} seeds ${tells}: paired t-test ${probabilityText(t.p)}, Wilcoxon's signed-rank test ${probabilityText(signed.p)}.`,
    caution:
      `The t-test wants differences that are roughly normal, which ${pairs} seeds cannot show. ` +
      (least >= SIGNIFICANT
        ? `Wilcoxon's test cannot fall below ${probabilityText(least)} with ${signed.pairs} ${signed.pairs === 1 ? 'pair' : 'pairs'}; at least 6 are needed.`
        : "Where the two tests disagree, trust Wilcoxon's."),
  };
}

export const WILSON_WORDS: Words = {
  meaning:
    "With each share goes Wilson's 95 % interval: where those of two runs do not overlap, the runs differ at that length.",
  caution:
    'Groups with few examples have wide intervals and say little; many groups looked at together show some difference by chance.',
};

export function rocWords(area: number | null): Words {
  if (area === null)
    return {
      meaning: 'There is no curve with one class only.',
      caution: 'Evaluate on a split that holds both.',
    };
  return {
    meaning: `A positive example gets the higher probability than a negative one in ${(area * 100).toFixed(1)} % of all pairs; 50 % is guessing.`,
    caution:
      'It ignores the threshold and whether probabilities are true, and flatters where positives are rare: see precision and recall then.',
  };
}

export function precisionRecallWords(average: number | null, share: number): Words {
  if (average === null)
    return { meaning: 'There are no positive examples.', caution: 'Evaluate on a split that holds some.' };
  return {
    meaning: `Averaged over recall, ${(average * 100).toFixed(1)} % of what is called positive is; calling everything positive gives ${(share * 100).toFixed(1)} %.`,
    caution: `It depends on the share of positives (${(share * 100).toFixed(1)} % here), so it cannot be compared with data of another share.`,
  };
}

export function calibrationWords(expectedError: number, examples: number): Words {
  const average = (expectedError * 100).toFixed(1);
  return {
    meaning: `Probabilities are off by ${average} percentage points on average; above the diagonal more are positive than the model says, below it fewer.`,
    caution:
      (examples < 200 ? `With ${examples} examples much of that is chance. ` : '') +
      'The number depends on the bins (ten of equal width), and bins with few examples have wide intervals.',
  };
}
