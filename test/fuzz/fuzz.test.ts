/**
 * The short version of `npm run fuzz`: what comes from elsewhere is read or refused, whatever was done to it. No case crashes
 * its process, throws what is no clear word, takes over two seconds or makes memory grow without bound.
 */
import { expect, it } from 'vitest';
import { fuzz, MOST_GROWN_BYTES, MOST_MS } from './fuzz.ts';
import { targets } from './targets.ts';

const CASES = 100;

it.each(targets.map(({ name }) => name))('%s', async (name) => {
  const { faults, refused, slowestMs, grownBytes } = await fuzz(name, CASES);
  expect(faults).toEqual([]);
  // Cases that change nothing prove nothing.
  expect(refused).toBeGreaterThan(CASES / 20);
  expect(slowestMs).toBeLessThan(MOST_MS);
  expect(grownBytes).toBeLessThan(MOST_GROWN_BYTES);
});
