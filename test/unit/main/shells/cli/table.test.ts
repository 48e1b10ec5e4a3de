import { expect, test } from 'vitest';
import { table } from '../../../../../src/main/shells/cli/table.ts';

test('columns are as wide as their widest cell, numbers aligned at the right, lines without trailing space', () => {
  const rows = [
    ['epoch', 'lstm', ''],
    ['1', '0.5000', 'a'],
    ['10', '–'],
  ];
  expect(table(rows, [1])).toBe('epoch    lstm\n1      0.5000  a\n10          –');
  expect(table([])).toBe('');
});
