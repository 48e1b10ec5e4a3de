import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageAt, shares, wordsKept } from '../../../../../src/renderer/screens/data/lengths.ts';
import { KERAS_CONVENTIONS } from '../../../../../src/shared/data/dataset.ts';

function histogram(lengths: readonly number[], lengthStep: number) {
  const bars = new Array<number>(Math.floor(Math.max(...lengths) / lengthStep) + 1).fill(0);
  for (const length of lengths) bars[Math.floor(length / lengthStep)]! += 1;
  return { lengths: bars, lengthStep, dataset: { longest: Math.max(...lengths) } };
}

describe('what a maximum length does', () => {
  it('is counted exactly where bars are one step wide', () => {
    const some = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 80 }), (lengths, maxlen) => {
        const { cut, padding } = shares(histogram(lengths, 1), maxlen);
        expect(cut).toBeCloseTo(lengths.filter((length) => length > maxlen).length / lengths.length, 10);
        const filled = lengths.reduce((sum, length) => sum + Math.min(length, maxlen), 0);
        expect(padding).toBeCloseTo(1 - filled / (lengths.length * maxlen), 10);
      }),
    );
  });

  it('stays within one bar of the truth where bars are wider', () => {
    const lengths = Array.from({ length: 1000 }, (_, index) => 10 + ((index * 37) % 990));
    const { cut } = shares(histogram(lengths, 25), 500);
    expect(shares(histogram(lengths, 25), Math.max(...lengths)).cut).toBe(0);
    expect(Math.abs(cut - lengths.filter((length) => length > 500).length / 1000)).toBeLessThan(0.026);
  });
});

describe('what a vocabulary size does', () => {
  it('leaves the reserved ids out, as Keras does', () => {
    expect(wordsKept(10000, KERAS_CONVENTIONS, 88584)).toBe(9996);
    expect(wordsKept(null, KERAS_CONVENTIONS, 88584)).toBe(88584);
    expect(wordsKept(10000, KERAS_CONVENTIONS, 50)).toBe(50);
  });

  it('covers what the profile says at its points, and between them lies between', () => {
    const coverage = [
      { words: 10, share: 0.3 },
      { words: 100, share: 0.6 },
      { words: 1000, share: 1 },
    ];
    expect(coverageAt(coverage, 100)).toBeCloseTo(0.6);
    expect(coverageAt(coverage, 5000)).toBe(1);
    expect(coverageAt(coverage, 30)).toBeGreaterThan(0.3);
    expect(coverageAt(coverage, 30)).toBeLessThan(0.6);
    expect(coverageAt(coverage, 0)).toBe(0);
  });
});
