import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveApart, shortenAll, thoseThatFit } from '../../../../src/renderer/charts/endLabels.ts';
import { shorten } from '../../../../src/shared/figures/shorten.ts';

test('labels that fit stay within the chart, in order, and never overlap', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 16 }), (ys) => {
      const places = ys.map((y, index) => ({ text: String(index), colour: '', y }));
      moveApart(places, 0, 300);
      const moved = places.map(({ y }) => y);
      expect(moved.every((y) => y >= 0 && y <= 300)).toBe(true);
      expect(moved.slice(1).every((y, index) => y - moved[index]! >= 15)).toBe(true);
    }),
  );
});

test('labels that do not touch are not moved', () => {
  const places = [100, 20].map((y) => ({ text: '', colour: '', y }));
  moveApart(places, 0, 300);
  expect(places.map(({ y }) => y)).toEqual([20, 100]);
});

test('where not all labels fit, those shown do not overlap and the first line keeps its own', () => {
  const places = Array.from({ length: 50 }, (_, index) => ({
    text: String(index),
    colour: '',
    y: (index * 37) % 200,
  }));
  const shown = thoseThatFit(places, 200);
  const ys = shown.map(({ y }) => y).toSorted((a, b) => a - b);
  expect(shown[0]).toBe(places[0]);
  expect(ys.slice(1).every((y, index) => y - ys[index]! >= 15)).toBe(true);
  expect(thoseThatFit(places.slice(0, 13), 200)).toHaveLength(13);
});

test('names too long are cut in the middle, so that those of a sweep stay apart', () => {
  const fits = (text: string) => Array.from(text).length <= 15;
  const seeds = [1, 2, 3].map((seed) => shorten(`recall-simple-gru-seed ${seed}`, fits));
  expect(seeds).toEqual(['recall-…-seed 1', 'recall-…-seed 2', 'recall-…-seed 3']);
  expect(shorten('simple-gru', fits)).toBe('simple-gru');
  expect(shorten('simple', () => false)).toBe('s…');
});

test('labels that would be cut to the same lose the words they share at their beginning', () => {
  const fits = (text: string) => text.length <= 16;
  const cells = ['simple-s1-simplernn-seed-2', 'simple-s1-gru-seed-2', 'simple-s1'];
  expect(shortenAll(cells, fits)).toEqual(['…s1-simp…-seed-2', '…s1-gru-seed-2', 'simple-s1']);
  expect(shortenAll(cells.slice(0, 2), fits)).toEqual(['…simpler…-seed-2', '…gru-seed-2']);
  expect(shortenAll(['recall-simple-gru-seed 1', 'simple-gru'], fits)).toEqual([
    'recall-s…-seed 1',
    'simple-gru',
  ]);
});
