import fc from 'fast-check';
import { expect, test } from 'vitest';
import { href, parsePlace } from '../../../../src/renderer/state/place.ts';

test('an empty address is the start', () => {
  for (const hash of ['', '#', '#/'])
    expect(parsePlace(hash)).toEqual({ screen: 'start', path: [], query: {} });
});

test('whatever a run is called, its address leads back to it', () => {
  const word = fc
    .string({ minLength: 1, maxLength: 12, unit: 'binary' })
    .filter((text) => text.isWellFormed());
  fc.assert(
    fc.property(
      word,
      fc.array(word),
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), word),
      (screen, path, query) => {
        expect(parsePlace(href(screen, path, query))).toEqual({ screen, path, query: { ...query } });
      },
    ),
  );
});

test('empty values are left out of an address', () => {
  expect(href('runs', [], { q: '', status: null, sort: '-loss' })).toBe('#/runs?sort=-loss');
});

test('a hand-written address with a lone % is taken as it stands', () => {
  expect(parsePlace('#/data/50%').path).toEqual(['50%']);
});
