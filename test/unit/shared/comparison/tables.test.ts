import { expect, it } from 'vitest';
import { comparedLines, type ComparedRow } from '../../../../src/shared/comparison/tables.ts';

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
