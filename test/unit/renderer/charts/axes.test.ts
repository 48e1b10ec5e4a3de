import { expect, test } from 'vitest';
import { tickText } from '../../../../src/renderer/charts/axes.ts';

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
