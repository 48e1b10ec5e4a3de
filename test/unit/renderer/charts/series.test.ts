import { expect, test } from 'vitest';
import { allX, nearest, smooth, valueAt } from '../../../../src/renderer/charts/series.ts';

const series = { id: 'a', label: 'a', x: [1, 3, 5], y: [10, null, 30], colour: 1 };

test('a value is that of the x itself or of the nearest before it', () => {
  expect([0, 1, 2, 3, 4, 5, 9].map((x) => valueAt(series, x))).toEqual([null, 10, 10, null, null, 30, 30]);
});

test('hovering finds the nearest x of all series', () => {
  const all = allX([series, { ...series, x: [2, 3], y: [1, 2] }]);
  expect(all).toEqual([1, 2, 3, 5]);
  expect(nearest(all, 4.2)).toBe(5);
  expect(nearest([], 1)).toBeNull();
});

test('smoothing keeps a constant, starts unbiased and passes over gaps', () => {
  expect(smooth([2, 2, 2], 0.9).map((value) => value?.toFixed(6))).toEqual([
    '2.000000',
    '2.000000',
    '2.000000',
  ]);
  expect(smooth([1, null, 3], 0.5)).toEqual([1, null, 7 / 3]);
  expect(smooth([1, 5], 0)).toEqual([1, 5]);
});
