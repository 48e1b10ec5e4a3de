import { expect, test } from 'vitest';
import { readValues } from '../../../../../src/renderer/screens/runs/grid.ts';

test('values are numbers, words, yes and no, and none', () => {
  expect(readValues('0.001, 1e-2,64')).toEqual([0.001, 0.01, 64]);
  expect(readValues('adam, "rmsprop"')).toEqual(['adam', 'rmsprop']);
  expect(readValues('true, no, none')).toEqual([true, false, null]);
  expect(readValues(' , ')).toEqual([]);
});
