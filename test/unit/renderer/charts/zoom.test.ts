import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zoomAround, zoomTo } from '../../../../src/renderer/charts/zoom.ts';

const all = { min: 1, max: 10 };

test('a zoom between two epochs shows both, one that ends near an epoch ends there', () => {
  expect(zoomTo({ min: 3.3, max: 3.6 }, all, true)).toEqual({ min: 3, max: 4 });
  expect(zoomTo({ min: 2.5, max: 6.5 }, all, true)).toEqual({ min: 2, max: 7 });
  expect(zoomTo({ min: 2.9, max: 6.1 }, all, true)).toEqual({ min: 3, max: 6 });
  expect(zoomTo({ min: 2.9, max: 3.1 }, all, true)).toEqual({ min: 2, max: 4 });
});

test('a zoom stays within what there is, and all of it is no zoom', () => {
  expect(zoomTo({ min: -3, max: 2.5 }, all, true)).toEqual({ min: 1, max: 3 });
  expect(zoomTo({ min: 0.4, max: 10.3 }, all, true)).toBeNull();
  expect(zoomTo({ min: 1.5, max: 1.7 }, { min: 1, max: 2 }, true)).toBeNull();
  expect(zoomTo({ min: 0.7, max: 1.3 }, { min: 1, max: 1 }, true)).toBeNull();
});

test('between seconds or shares any part can be seen', () => {
  expect(zoomTo({ min: 0.31, max: 0.32 }, { min: 0, max: 1 }, false)).toEqual({ min: 0.31, max: 0.32 });
});

test('the keys come down to two neighbouring epochs from anywhere, and back to all', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (last, share) => {
        const epochs = { min: 1, max: last };
        let shown = epochs;
        for (let press = 0; press < 12; press++) {
          const at = shown.min + share * (shown.max - shown.min);
          shown = zoomAround(shown, at, 0.5, epochs, true) ?? shown;
        }
        expect(shown.max - shown.min).toBe(1);
        for (let press = 0; press < 20; press++)
          shown = zoomAround(shown, (shown.min + shown.max) / 2, 2, epochs, true) ?? epochs;
        expect(shown).toEqual(epochs);
      },
    ),
  );
});
