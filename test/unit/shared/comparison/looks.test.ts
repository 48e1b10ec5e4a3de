import { expect, test } from 'vitest';
import { runLooks } from '../../../../src/shared/comparison/looks.ts';

test('runs keep their colours, and of those with the same the later have marks, each another', () => {
  const runs = [3, 1, 3, 2, 3].map((colour, i) => ({ id: String(i), colour }));
  const looks = [...runLooks(runs).values()];
  expect(looks.map(({ colour }) => colour)).toEqual([3, 1, 3, 2, 3]);
  expect(looks.map(({ mark }) => mark)).toEqual([0, 0, 1, 0, 2]);
});
