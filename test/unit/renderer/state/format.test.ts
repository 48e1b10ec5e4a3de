import { expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDifference,
  formatDuration,
  formatMetric,
  formatMoment,
  formatSetting,
  formatShare,
  plural,
} from '../../../../src/renderer/state/format.ts';

test('counts are grouped and a missing value is a dash', () => {
  expect(formatCount(322113)).toBe('322,113');
  expect(formatCount(null)).toBe('–');
});

test('metrics have four decimals, or four digits where they are large or tiny', () => {
  expect([0.86421, 1, 12.345, 123.45, 1532.4, 0].map(formatMetric)).toEqual([
    '0.8642',
    '1.0000',
    '12.35',
    '123.5',
    '1,532',
    '0.0000',
  ]);
  expect(formatMetric(-0.5)).toBe('−0.5000');
  expect(formatMetric(0.0000123)).toBe('1.23e−5');
  expect([NaN, Infinity, -Infinity].map(formatMetric)).toEqual(['NaN', '∞', '−∞']);
});

test('differences always show their sign', () => {
  expect(formatDifference(0.0231)).toBe('+0.0231');
  expect(formatDifference(-0.0231)).toBe('−0.0231');
  expect(formatDifference(0)).toBe('0.0000');
});

test('durations grow from seconds to hours', () => {
  expect([4.12, 59.4, 59.6, 724, 7800].map(formatDuration)).toEqual([
    '4.1 s',
    '59 s',
    '1 min 0 s',
    '12 min 4 s',
    '2 h 10 min',
  ]);
  expect(formatDuration(Infinity)).toBe('–');
});

test('sizes and shares carry their unit', () => {
  expect([0, 999, 1300000, 128e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.3 MB', '128 GB']);
  expect(formatShare(0.085)).toBe('8.5 %');
});

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
