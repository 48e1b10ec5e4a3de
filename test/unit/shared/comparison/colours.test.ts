import { expect, test } from 'vitest';
import { distinctColours } from '../../../../src/shared/comparison/colours.ts';

test('runs keep their colours, and of two with the same the later takes a free one', () => {
  const own = new Map([
    ['a', 1],
    ['b', 3],
    ['c', 1],
    ['d', 2],
  ]);
  const given = distinctColours(['a', 'b', 'c', 'd'], (id) => own.get(id) ?? 1);
  expect([...given]).toEqual([
    ['a', 1],
    ['b', 3],
    ['c', 2],
    ['d', 4],
  ]);
});

test('eight runs of one colour become eight colours', () => {
  expect(new Set(distinctColours([...'abcdefgh'], () => 5).values()).size).toBe(8);
});
