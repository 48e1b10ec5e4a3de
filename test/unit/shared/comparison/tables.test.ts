import { expect, it } from 'vitest';
import { comparedLines, settingRows, type ComparedRow } from '../../../../src/shared/comparison/tables.ts';

it('a table for a file has numbers with all their digits, and what stands beside them in columns of their own', () => {
  const rows: ComparedRow[] = [
    {
      name: 'Loss, best',
      cells: [
        { text: '0.3333', value: 1 / 3 },
        { text: '0.2500', value: 0.25, note: '−0.0833, epoch 2' },
      ],
    },
    { name: 'engine', cells: [{ text: 'simd' }, { text: 'none', missing: true }] },
  ];
  expect(comparedLines('Metric', [{ name: 'a' }, { name: 'b' }], rows)).toEqual([
    ['Metric', 'a', 'b', 'b: beside'],
    ['Loss, best', 1 / 3, 0.25, '−0.0833, epoch 2'],
    ['engine', 'simd', '', ''],
  ]);
});

it('a hash is shown by its first digits, and whole in a file', () => {
  const hashes = ['a', 'b'].map((digit) => digit.repeat(64));
  const rows = settingRows([{ path: 'data.hash', values: hashes }]);
  expect(rows[0]?.cells).toEqual([
    { text: 'aaaaaaaaaaaa', whole: hashes[0] },
    { text: 'bbbbbbbbbbbb', whole: hashes[1], changed: true },
  ]);
  const columns = [{ name: 'one' }, { name: 'other' }];
  expect(comparedLines('Setting', columns, rows)[1]).toEqual(['data.hash', ...hashes]);
});
