/** Statistics against the numbers of SciPy and NumPy (statistics.json, made by make_statistics.py beside it). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { calibration } from '../../../../src/shared/statistics/calibration.ts';
import {
  classScores,
  confidences,
  confusionMatrix,
  predictedClasses,
} from '../../../../src/shared/statistics/confusion.ts';
import {
  averagePrecision,
  rocArea,
  thinned,
  thresholdPoints,
} from '../../../../src/shared/statistics/curves.ts';
import { bootstrapInSteps, wilson } from '../../../../src/shared/statistics/intervals.ts';
import { mcnemar } from '../../../../src/shared/statistics/mcnemar.ts';
import { pairedT, spread, wilcoxon } from '../../../../src/shared/statistics/paired.ts';
import { severalTestsText } from '../../../../src/shared/statistics/words.ts';

function bootstrapMean(...given: Parameters<typeof bootstrapInSteps>) {
  const steps = bootstrapInSteps(...given);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

interface Expected {
  mcnemar: ReturnType<typeof mcnemar>[];
  wilson: { successes: number; trials: number; low: number; high: number }[];
  bootstrap: { values: number[]; low: number; high: number; scipy: [number, number] }[];
  paired: {
    differences: number[];
    t: number;
    p: number;
    interval: [number, number];
    wilcoxon: { pairs: number; statistic: number; p: number };
  }[];
  curves: {
    scores: number[];
    positives: boolean[];
    area: number;
    averagePrecision: number;
    calibrationError: number;
    brier: number;
  }[];
}
const expected = JSON.parse(readFileSync(join(import.meta.dirname, 'statistics.json'), 'utf8')) as Expected;

/** Within 1e-9 of the expected value, relative to it. */
function expectClose(found: number | undefined, wanted: number): void {
  expect(Math.abs((found ?? NaN) - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1e-6, Math.abs(wanted)));
}

describe('two models on the same examples', () => {
  test.each(expected.mcnemar)('McNemar with $onlyFirst and $onlySecond', (wanted) => {
    const found = mcnemar(wanted.onlyFirst, wanted.onlySecond);
    for (const key of ['exactP', 'chiSquare', 'chiSquareP'] as const) expectClose(found[key], wanted[key]);
  });

  test('models that never disagree do not differ', () => {
    expect(mcnemar(0, 0)).toMatchObject({ exactP: 1, chiSquareP: 1 });
  });

  test.each(expected.wilson)(
    'Wilson interval of $successes in $trials',
    ({ successes, trials, low, high }) => {
      const found = wilson(successes, trials);
      expectClose(found?.low, low);
      expectClose(found?.high, high);
    },
  );

  test('no trials have no interval', () => expect(wilson(0, 0)).toBeNull());

  test.each(expected.bootstrap)('the bootstrap interval is that of the same draws in NumPy', (wanted) => {
    const found = bootstrapMean(wanted.values);
    expectClose(found?.low, wanted.low);
    expectClose(found?.high, wanted.high);
    const width = wanted.scipy[1] - wanted.scipy[0];
    // SciPy draws others, 20,000 of them: 1,000 resamples come within a tenth of the width.
    expect(Math.abs(found!.low - wanted.scipy[0])).toBeLessThan(width / 10);
    expect(Math.abs(found!.high - wanted.scipy[1])).toBeLessThan(width / 10);
  });

  test('the bootstrap gives the same interval for the same seed, and none without examples', () => {
    const values = [1, 0, 0, -1, 1, 1, 0];
    expect(bootstrapMean(values, { seed: 5 })).toEqual(bootstrapMean(values, { seed: 5 }));
    expect(bootstrapMean([])).toBeNull();
  });
});

describe('over seeds', () => {
  test.each(expected.paired)('paired t-test and Wilcoxon of $differences', (wanted) => {
    const t = pairedT(wanted.differences);
    expectClose(t?.t, wanted.t);
    expectClose(t?.p, wanted.p);
    expectClose(t?.interval.low, wanted.interval[0]);
    expectClose(t?.interval.high, wanted.interval[1]);
    const signed = wilcoxon(wanted.differences);
    expect(signed?.pairs).toBe(wanted.wilcoxon.pairs);
    expectClose(signed?.statistic, wanted.wilcoxon.statistic);
    expectClose(signed?.p, wanted.wilcoxon.p);
  });

  test('one pair, or pairs that do not differ, say nothing', () => {
    expect(pairedT([0.1])).toBeNull();
    expect(pairedT([0.1, 0.1])).toBeNull();
    expect(pairedT([0.675 - 0.775, 0.6875 - 0.7875])).toBeNull();
    expect(wilcoxon([0, 0])).toBeNull();
    expect(spread([])).toBeNull();
    expect(spread([2])).toEqual({ mean: 2, deviation: null });
  });
});

describe('scores against outcomes', () => {
  test.each(expected.curves)('area, average precision, calibration', (wanted) => {
    const points = thresholdPoints(wanted.scores, wanted.positives);
    expectClose(rocArea(points) ?? NaN, wanted.area);
    expectClose(averagePrecision(points) ?? NaN, wanted.averagePrecision);
    const calibrated = calibration(wanted.scores, wanted.positives);
    expectClose(calibrated?.expectedError, wanted.calibrationError);
    expectClose(calibrated?.brier, wanted.brier);
    expect(calibrated?.bins.reduce((sum, { examples }) => sum + examples, 0)).toBe(wanted.scores.length);
  });

  test('one class has no area, and no example no calibration', () => {
    const points = thresholdPoints([0.2, 0.7], [true, true]);
    expect(rocArea(points)).toBeNull();
    expect(averagePrecision(thresholdPoints([0.2], [false]))).toBeNull();
    expect(calibration([], [])).toBeNull();
  });

  test('a thinned curve keeps its ends', () => {
    const points = Array.from({ length: 1000 }, (_, i) => i);
    const few = thinned(points, 10);
    expect(few).toHaveLength(10);
    expect([few[0], few.at(-1)]).toEqual([0, 999]);
    expect(thinned([1, 2], 10)).toEqual([1, 2]);
  });

  test('classes said, how surely, and the matrix of them', () => {
    const three = [0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0.2, 0.2, 0.6];
    expect([...predictedClasses(three, 3)]).toEqual([1, 0, 2]);
    expect([...confidences(three, 3)]).toEqual([0.7, 0.5, 0.6]);
    const said = predictedClasses([0.9, 0.4, 0.6, 0.2], 1);
    const matrix = confusionMatrix(said, [1, 1, 0, 0], 2);
    expect(matrix).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([...predictedClasses([0.9, 0.4], 1, 0.3)]).toEqual([1, 1]);
    expect(classScores(matrix, 1)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(
      classScores(
        [
          [2, 0],
          [1, 0],
        ],
        1,
      ),
    ).toEqual({ precision: null, recall: 0, f1: 0 });
  });
});

test('several tests against one baseline ask for a lower p each', () => {
  expect(severalTestsText(5)).toContain('p is below 1 % instead of the usual 5 %');
  expect(severalTestsText(3)).toContain('below 1.67 %');
  expect(severalTestsText(1)).toBeNull();
});
