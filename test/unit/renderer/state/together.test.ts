import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Together } from '../../../../src/renderer/state/together.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('changes in quick succession are made at once, in their order, and later ones again', () => {
  const made: number[] = [];
  const together = new Together();
  for (const change of [1, 2, 3]) together.later(() => made.push(change));
  expect(made).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(made).toEqual([1, 2, 3]);
  together.later(() => made.push(4));
  vi.advanceTimersByTime(100);
  expect(made).toEqual([1, 2, 3, 4]);
});

test('what was not made when it ends never is', () => {
  const made: number[] = [];
  const together = new Together();
  together.later(() => made.push(1));
  together.end();
  vi.advanceTimersByTime(1000);
  expect(made).toEqual([]);
});
