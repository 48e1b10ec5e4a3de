import { expect, test } from 'vitest';
import { best, fit, fitNearly } from '../../../../src/renderer/frame/match.ts';

const names = ['Follow the lecture', 'lecture-lstm recall', 'lecture-simple-rnn', 'Runs', 'Light theme'];
const found = (typed: string, most = 10) => best(names, (name) => name, typed, most);

test('every word typed must be somewhere, in any order and case', () => {
  expect(found('LSTM lect')).toEqual(['lecture-lstm recall']);
  expect(found('lecture nothing')).toEqual([]);
  expect(fit('rnn', 'lecture-simple-rnn')).toBeGreaterThan(0);
});

test('beginnings of words come before what stands within words', () => {
  expect(found('l')[0]).toBe('lecture-lstm recall');
  expect(found('the')).toEqual(['Light theme', 'Follow the lecture']);
  expect(fit('run', 'Runs')).toBeGreaterThan(fit('run', 'untrunked'));
});

test('nothing typed leaves the order, and there are never more than asked for', () => {
  expect(found('  ')).toEqual(names);
  expect(found('', 2)).toEqual(names.slice(0, 2));
  expect(found('e', 1)).toHaveLength(1);
});

test('signs have no meaning of their own', () => {
  expect(fit('.*', 'anything')).toBe(0);
  expect(fit('a(b', 'call a(b)')).toBeGreaterThan(0);
});

test('a word may have one slip where it is looked for nearly', () => {
  for (const typed of ['lectrue', 'lecure', 'lexture', 'lectuure', 'lstmm lecture'])
    expect(
      best(names, (name) => name, typed, 10, fitNearly),
      typed,
    ).toContain('lecture-lstm recall');
  for (const typed of ['rmm', 'lectuuure', 'lecture nothing'])
    expect(
      best(names, (name) => name, typed, 10, fitNearly),
      typed,
    ).toEqual([]);
});
