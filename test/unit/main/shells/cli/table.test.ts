import { expect, test } from 'vitest';
import { count, difference, duration, metric, table } from '../../../../../src/main/shells/cli/table.ts';

test('numbers are written as the field writes them', () => {
  expect(count(322113)).toBe('322,113');
  expect([0.86424, 1, null, undefined].map(metric)).toEqual(['0.8642', '1.0000', '–', '–']);
  expect([0.03119, -0.5, 0, null].map(difference)).toEqual(['+0.0312', '−0.5000', '+0.0000', '–']);
  expect([0.25, 4.12, 59.4, 125, 119.7, 3725].map(duration)).toEqual([
    '0.3 s',
    '4.1 s',
    '59 s',
    '2 min 5 s',
    '2 min 0 s',
    '1 h 2 min',
  ]);
});

test('columns are as wide as their widest cell, numbers aligned at the right, lines without trailing space', () => {
  const rows = [
    ['epoch', 'lstm', ''],
    ['1', '0.5000', 'a'],
    ['10', '–'],
  ];
  expect(table(rows, [1])).toBe('epoch    lstm\n1      0.5000  a\n10          –');
  expect(table([])).toBe('');
});
