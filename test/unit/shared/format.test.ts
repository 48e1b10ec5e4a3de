import { expect, test } from 'vitest';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDifference,
  formatDuration,
  formatMetric,
  formatShare,
} from '../../../src/shared/format.ts';

test('counts are grouped and a missing value is a dash', () => {
  expect(formatCount(322113)).toBe('322,113');
  expect(formatCount(-12345)).toBe('−12,345');
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
  expect([25_100_000, -2.08e36].map(formatMetric)).toEqual(['2.51e+7', '−2.08e+36']);
  expect([NaN, Infinity, -Infinity].map(formatMetric)).toEqual(['NaN', '∞', '−∞']);
});

test('differences always show their sign', () => {
  expect(formatDifference(0.0231)).toBe('+0.0231');
  expect(formatDifference(-0.0231)).toBe('−0.0231');
  expect([0.0004, -0.0004, 0.00001, -1200].map(formatDifference)).toEqual([
    '+0.0004',
    '−0.0004',
    '+1.00e−5',
    '−1,200',
  ]);
  expect([0, null].map(formatDifference)).toEqual(['0.0000', '–']);
});

test('durations grow from milliseconds to hours', () => {
  expect([0, 0.0004, 0.0426, 0.9994, 0.9996, 9.94, 9.96].map(formatDuration)).toEqual([
    '0 ms',
    '< 1 ms',
    '43 ms',
    '999 ms',
    '1.0 s',
    '9.9 s',
    '10 s',
  ]);
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
  expect([0, 999, 328_353 * 4, 128e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.25 MB', '119.21 GB']);
  expect(formatShare(0.085)).toBe('8.5 %');
});

test('a change is of what stands beside it, with as many decimals, and one more only where it would be 0', () => {
  expect(formatChange(0.7, 0.65)).toBe('+0.0500');
  expect(formatChange(0.69286, 0.69582)).toBe('−0.0029');
  expect(formatChange(0.80166, 0.58333)).toBe('+0.2184');
  expect(formatChange(0.69581, 0.69579)).toBe('+0.00002');
  expect(formatChange(0.69581, 0.6958084)).toBe('+0.0000');
  expect(formatChange(12.345, 9.5)).toBe('+2.85');
  expect(formatChange(0.5, 0.5)).toBe('0.0000');
  expect(formatChange(2000.4, 1000.2)).toBe('+1,000');
  expect(formatChange(2000.4, 2000.2)).toBe('+0.2');
  expect(formatChange(0.0000123, 0.3)).toBe('−0.3000');
  expect(formatChange(0.0000123, 0.0000107)).toBe('+1.60e−6');
  expect(formatChange(Infinity, 0.5)).toBe('+∞');
  expect(formatChange(4e12, 0.5)).toBe('+4.00e+12');
});
