import { expect, test } from 'vitest';
import { formatMoment, formatSetting, plural } from '../../../../src/renderer/state/format.ts';

test('moments are short while they are near', () => {
  const now = new Date(2026, 10, 23, 14, 0).getTime();
  expect(formatMoment(new Date(2026, 10, 23, 9, 5).getTime(), now)).toBe('09:05');
  expect(formatMoment(new Date(2026, 10, 3, 9, 5).getTime(), now)).toBe('3 Nov 09:05');
  expect(formatMoment(new Date(2025, 10, 3, 9, 5).getTime(), now)).toBe('3 Nov 2025');
});

test('settings read as a person writes them', () => {
  expect([null, true, 10000, 0.001, ['acc', 'mse'], { a: 1 }].map(formatSetting)).toEqual([
    'none',
    'yes',
    '10,000',
    '0.001',
    'acc, mse',
    '{"a":1}',
  ]);
  expect([plural(1, 'run'), plural(3, 'run'), plural(2, 'epoch')]).toEqual(['1 run', '3 runs', '2 epochs']);
});
