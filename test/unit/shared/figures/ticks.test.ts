import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bytesTick,
  countTick,
  durationTick,
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
  expect([0.00001, 0.05, 1].map(logarithmicTickText)).toEqual(['1e−5', '0.05', '1']);
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
  expect([15.8, 16, 16.2].map((value) => durationTick(value, 0.2))).toEqual(['15.8 s', '16.0 s', '16.2 s']);
  expect([0, 0.0005, 0.001].map((value) => durationTick(value, 0.0005))).toEqual(['0 s', '0.5 ms', '1.0 ms']);
  expect([120, 120.5].map((value) => durationTick(value, 0.5))).toEqual(['2 min 0.0 s', '2 min 0.5 s']);
  expect(durationTick(4000, 1000)).toBe('1 h 6 min');
  expect(durationTick(3602, 2)).toBe('1 h 0 min 2 s');
  expect([1e8, 1.0002e8].map((value) => bytesTick(value, 2e4))).toEqual(['95.37 MB', '95.39 MB']);
  expect([900, 900.5].map((value) => countTick(value, 0.5))).toEqual(['900.0', '900.5']);
  const anywhere = fc.record({
    from: fc.integer({ min: 0, max: 5000 }),
    step: fc.constantFrom(0.001, 0.05, 2, 500),
  });
  fc.assert(
    fc.property(anywhere, ({ from, step }) => {
      for (const format of [durationTick, countTick])
        expect(format(from * step, step)).not.toBe(format((from + 1) * step, step));
    }),
  );
});

test('a value by itself is written as everywhere', () => {
  expect([durationTick(16.2), bytesTick(1e8), countTick(1234)]).toEqual(['16 s', '95.37 MB', '1,234']);
});
