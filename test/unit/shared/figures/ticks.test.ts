import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BYTES,
  countTick,
  DURATION,
  logarithmicTicks,
  logarithmicTickText,
  ticks,
  tickText,
} from '../../../../src/shared/figures/ticks.ts';

test('marks are round, in order, within the range and about as many as wanted', () => {
  expect(ticks({ min: 0, max: 10 })).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks({ min: 0.682, max: 0.694 })).toEqual([0.682, 0.684, 0.686, 0.688, 0.69, 0.692, 0.694]);
  expect(ticks({ min: 3, max: 3 })).toEqual([3]);
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      (min, width) => {
        const found = ticks({ min, max: min + width });
        expect(found.length).toBeGreaterThanOrEqual(1);
        expect(found.length).toBeLessThanOrEqual(9);
        expect(found).toEqual(found.toSorted((a, b) => a - b));
        expect(found.every((value) => value >= min - width * 1e-6 && value <= min + width * 1.000001)).toBe(
          true,
        );
      },
    ),
  );
});

test('a logarithmic axis is marked at powers of ten, with 2 and 5 where it is short', () => {
  expect(logarithmicTicks({ min: 0.02, max: 1 })).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  expect(logarithmicTicks({ min: 1e-6, max: 1 })).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
  const texts = (...values: number[]) => values.map((value) => logarithmicTickText(value, values));
  expect(texts(0.00001, 0.05, 1)).toEqual(['1e−5', '0.05', '1']);
  expect(texts(0.1, 0.2, 0.5)).toEqual(['0.1', '0.2', '0.5']);
});

test('zoomed far in, a logarithmic axis is marked as any other, and its marks read otherwise', () => {
  const texts = (...values: number[]) => values.map((value) => logarithmicTickText(value, values));
  expect(logarithmicTicks({ min: 0.67, max: 0.7 })).toEqual([0.67, 0.675, 0.68, 0.685, 0.69, 0.695, 0.7]);
  expect(texts(0.67, 0.675, 0.68, 0.69, 0.7)).toEqual(['0.670', '0.675', '0.680', '0.690', '0.700']);
  expect(texts(0.67231, 0.68, 0.69)).toEqual(['0.67', '0.68', '0.69']);
});

test('neighbouring ticks never read the same', () => {
  expect([0.6905, 0.691, 0.6915].map((value) => tickText(value, 0.0005))).toEqual([
    '0.6905',
    '0.6910',
    '0.6915',
  ]);
  expect([-0.5, 0.5].map((value) => tickText(value, 0.5))).toEqual(['−0.5', '0.5']);
  expect([0, 0.25, 0.5].map((value) => tickText(value, 0.25))).toEqual(['0.00', '0.25', '0.50']);
});

test('whole steps are counts', () => {
  expect([0, 5000, 10000].map((value) => tickText(value, 5000))).toEqual(['0', '5,000', '10,000']);
});

test('what an exploded loss makes of an axis is written in powers of ten, without what floating point adds', () => {
  expect([0, 99999999995000000000, 2e20].map((value) => tickText(value, 1e20))).toEqual([
    '0',
    '1e+20',
    '2e+20',
  ]);
  expect(logarithmicTickText(1e20)).toBe('1e+20');
});

test('marks of seconds, bytes and counts differ from one another, however near they are', () => {
  expect([15.8, 16, 16.2].map((value) => DURATION.format(value, 0.2))).toEqual([
    '15.8 s',
    '16.0 s',
    '16.2 s',
  ]);
  expect([0, 0.0005, 0.001].map((value) => DURATION.format(value, 0.0005))).toEqual([
    '0 s',
    '0.5 ms',
    '1.0 ms',
  ]);
  expect([120, 120.5].map((value) => DURATION.format(value, 0.5))).toEqual(['2 min 0.0 s', '2 min 0.5 s']);
  expect(DURATION.format(4000, 1000)).toBe('1 h 6 min');
  expect(DURATION.format(3602, 2)).toBe('1 h 0 min 2 s');
  expect([1e8, 1.0002e8].map((value) => BYTES.format(value, 2e4))).toEqual(['95.37 MB', '95.39 MB']);
  expect([900, 900.5].map((value) => countTick(value, 0.5))).toEqual(['900.0', '900.5']);
  const anywhere = fc.record({
    from: fc.integer({ min: 0, max: 5000 }),
    step: fc.constantFrom(0.001, 0.05, 2, 500),
  });
  fc.assert(
    fc.property(anywhere, ({ from, step }) => {
      for (const format of [DURATION.format, countTick])
        expect(format(from * step, step)).not.toBe(format((from + 1) * step, step));
    }),
  );
});

/** The marks of an axis, in words. */
function marks(axis: typeof BYTES, min: number, max: number): string[] {
  const values = ticks({ min, max }, 5, axis.step);
  return values.map((value) => axis.format(value, values[1]! - values[0]!));
}

test('bytes are marked evenly in the unit they are written in', () => {
  const MB = 1024 ** 2;
  expect(marks(BYTES, 0, 2 * MB)).toEqual(['0.0 MB', '0.5 MB', '1.0 MB', '1.5 MB', '2.0 MB']);
  expect(marks(BYTES, 0, 1.1 * 1024 * MB)).toEqual([
    ...['0.0 GB', '0.2 GB', '0.4 GB', '0.6 GB', '0.8 GB', '1.0 GB'],
  ]);
  expect(marks(BYTES, 95.36 * MB, 95.4 * MB)).toEqual([
    ...['95.36 MB', '95.37 MB', '95.38 MB', '95.39 MB', '95.40 MB'],
  ]);
  expect(marks(BYTES, 0, 3)).toEqual(['0 B', '1 B', '2 B', '3 B']);
});

test('seconds are marked as on a clock', () => {
  expect(marks(DURATION, 0, 20)).toEqual(['0 s', '5 s', '10 s', '15 s', '20 s']);
  expect(marks(DURATION, 3, 140)).toEqual(['30 s', '1 min 0 s', '1 min 30 s', '2 min 0 s']);
  expect(marks(DURATION, 0, 290)).toEqual(['0 s', '1 min', '2 min', '3 min', '4 min']);
  expect(marks(DURATION, 0, 4 * 3600)).toEqual(['0 s', '1 h', '2 h', '3 h', '4 h']);
  expect(marks(DURATION, 0, 6000)).toEqual([
    '0 s',
    '15 min',
    '30 min',
    '45 min',
    '1 h 0 min',
    '1 h 15 min',
    '1 h 30 min',
  ]);
  expect(marks(DURATION, 15.8, 16.3)).toEqual(['15.8 s', '15.9 s', '16.0 s', '16.1 s', '16.2 s', '16.3 s']);
  expect(marks(DURATION, 0, 11 * 86_400)).toEqual(['0 s', '48 h', '96 h', '144 h', '192 h', '240 h']);
});

test('a value by itself is written as everywhere', () => {
  expect([DURATION.format(16.2), BYTES.format(1e8), countTick(1234)]).toEqual(['16 s', '95.37 MB', '1,234']);
});
