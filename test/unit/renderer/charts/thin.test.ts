import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thin } from '../../../../src/renderer/charts/thin.ts';

const many = Array.from({ length: 20_000 }, (_, index) => index);

test('a short line is drawn point by point, its gaps as NaN', () => {
  const points = thin([1, 2, 3, 4], [5, null, NaN, Infinity], { min: 1, max: 4 }, 100);
  expect(points).toEqual([
    { x: 1, y: 5 },
    { x: 2, y: NaN },
    { x: 3, y: NaN },
    { x: 4, y: NaN },
  ]);
});

test('a zoomed line runs on to one neighbour at either side', () => {
  const y = many.map((x) => x / 2);
  expect(thin(many, y, { min: 100, max: 103 }, 100).map(({ x }) => x)).toEqual([99, 100, 101, 102, 103, 104]);
});

test('of a long line, few points stay, and among them every peak and the ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 19_998 }), fc.integer({ min: 1, max: 19_998 }), (peak, trough) => {
      fc.pre(peak !== trough);
      const y = many.map((x) => (x === peak ? 9 : x === trough ? -9 : Math.sin(x)));
      const points = thin(many, y, { min: 0, max: 19_999 }, 300);
      const xs = points.map(({ x }) => x);
      expect(points.length).toBeLessThanOrEqual(4 * 301);
      expect(xs).toEqual(xs.toSorted((a, b) => a - b));
      expect(xs).toEqual(expect.arrayContaining([0, peak, trough, 19_999]));
    }),
    { numRuns: 25 },
  );
});

test('a gap in a long line stays one gap, however long', () => {
  const y = many.map((x) => (x >= 5000 && x < 9000 ? null : 1));
  const gaps = thin(many, y, { min: 0, max: 19_999 }, 300).filter(({ y: value }) => Number.isNaN(value));
  expect(gaps.map(({ x }) => x)).toEqual([5000]);
});
