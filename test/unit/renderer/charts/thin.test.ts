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

test('a zoomed line ends at the edges, at the values it has there', () => {
  const y = many.map((x) => x / 2);
  const points = (min: number, max: number) => thin(many, y, { min, max }, 100).map(({ x, y }) => [x, y]);
  expect(points(100, 102).map(([x]) => x)).toEqual([100, 101, 102]);
  expect(points(99.5, 101.5)).toEqual([
    [99.5, 49.75],
    [100, 50],
    [101, 50.5],
    [101.5, 50.75],
  ]);
  expect(points(7.25, 7.75)).toEqual([
    [7.25, 3.625],
    [7.75, 3.875],
  ]);
});

test('at the edge of a logarithmic axis a line is where it is drawn, and a gap stays a gap', () => {
  const edge = (y: (number | null)[], logarithmic: boolean) =>
    thin([1, 3, 4], y, { min: 2, max: 4 }, 100, logarithmic)[0]?.y;
  expect(edge([100, 1, 1], false)).toBe(50.5);
  expect(edge([100, 1, 1], true)).toBeCloseTo(10, 12);
  expect([edge([0, 1, 1], true), edge([null, 1, 1], false)]).toEqual([NaN, NaN]);
});

test('of several points at one x, as a ROC curve begins, all are kept', () => {
  const points = thin([0, 0, 0, 0.5, 1, 1], [0, 0.2, 0.4, 0.8, 0.9, 1], { min: 0, max: 1 }, 100);
  expect(points.map(({ y }) => y)).toEqual([0, 0.2, 0.4, 0.8, 0.9, 1]);
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
