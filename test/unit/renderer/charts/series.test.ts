import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countBelow,
  countUpTo,
  nearestX,
  nextX,
  seriesToken,
  smooth,
  valueAt,
  xRange,
} from '../../../../src/renderer/charts/series.ts';

const series = { id: 'a', label: 'a', x: [1, 3, 5], y: [10, null, 30], colour: 1 };
const other = { ...series, x: [2, 3], y: [1, 2] };
const none = { ...series, x: [], y: [] };

test('a value is that of the x itself or of the nearest before it', () => {
  expect([0, 1, 2, 3, 4, 5, 9].map((x) => valueAt(series, x))).toEqual([null, 10, 10, null, null, 30, 30]);
});

test('values up to and below an x are counted as a search from the start would', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: -1, max: 10 }), (values, x) => {
      const sorted = values.toSorted((a, b) => a - b);
      expect(countUpTo(sorted, x)).toBe(sorted.filter((value) => value <= x).length);
      expect(countBelow(sorted, x)).toBe(sorted.filter((value) => value < x).length);
    }),
  );
});

test('hovering finds the nearest x of all series', () => {
  expect([-4, 1.2, 2.4, 4.2, 99].map((x) => nearestX([series, other, none], x))).toEqual([1, 1, 2, 5, 5]);
  expect(nearestX([none], 1)).toBeNull();
});

test('the arrow keys step over every x of every series, in both directions', () => {
  const steps = (from: number, direction: 1 | -1) => {
    const met: number[] = [];
    for (let x: number | null = from; x !== null; x = nextX([series, other, none], x, direction)) met.push(x);
    return met;
  };
  expect(steps(1, 1)).toEqual([1, 2, 3, 5]);
  expect(steps(5, -1)).toEqual([5, 3, 2, 1]);
});

test('the range is that of all series, or none', () => {
  expect(xRange([series, { ...other, x: [0, 3] }, none])).toEqual({ min: 0, max: 5 });
  expect(xRange([none])).toBeNull();
});

test('the ninth colour is the first again', () => {
  expect([1, 8, 9, 16].map(seriesToken)).toEqual(['--series-1', '--series-8', '--series-1', '--series-8']);
});

test('smoothing keeps a constant, starts unbiased and passes over gaps', () => {
  expect(smooth([2, 2, 2], 0.9).map((value) => value?.toFixed(6))).toEqual([
    '2.000000',
    '2.000000',
    '2.000000',
  ]);
  expect(smooth([1, null, 3], 0.5)).toEqual([1, null, 7 / 3]);
  expect(smooth([1, NaN, 3], 0.5)).toEqual([1, NaN, 7 / 3]);
  expect(smooth([1, 5], 0)).toEqual([1, 5]);
});
