import { expect, test } from 'vitest';
import { choose } from '../../../../src/renderer/components/table.ts';

const keys = ['a', 'b', 'c', 'd'];

test('a click chooses one row, Ctrl adds or takes away, Shift takes all from the anchor on', () => {
  expect(choose(keys, ['a', 'b'], 'c', 'a', 'only')).toEqual(['c']);
  expect(choose(keys, ['a'], 'c', 'a', 'toggle')).toEqual(['a', 'c']);
  expect(choose(keys, ['a', 'c'], 'c', 'a', 'toggle')).toEqual(['a']);
  expect(choose(keys, ['b'], 'd', 'b', 'range')).toEqual(['b', 'c', 'd']);
  expect(choose(keys, ['d'], 'b', 'd', 'range')).toEqual(['b', 'c', 'd']);
});

test('a range whose anchor has gone is only its target', () => {
  expect(choose(keys, [], 'c', 'gone', 'range')).toEqual(['c']);
  expect(choose(keys, [], 'c', null, 'range')).toEqual(['c']);
});
