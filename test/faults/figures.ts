/** How much the long version does more than the short one, chance that can be repeated, and the figures a run prints. */
import { appendFileSync } from 'node:fs';

/** `npm run faults -- --long` sets it. */
const isLong = process.env.UNROLL_FAULTS === 'long';

/** Where `npm run faults` wants the figures, one JSON object a line. */
const FIGURES = process.env.UNROLL_FAULTS_FIGURES;

/** How often or how long: so much with the other tests, so much in the long version. */
export const many = (short: number, long: number): number => (isLong ? long : short);

/** How long a test may take, in milliseconds. */
export const patience = (short: number, long: number): number => (isLong ? long : short);

/** Says what was measured, by the name that RELIABILITY.md has it under. */
export function record(promise: string, figure: string): void {
  if (FIGURES) appendFileSync(FIGURES, `${JSON.stringify({ promise, figure })}\n`);
}

/** What chance is drawn from; a failure names it, and `UNROLL_FAULTS_SEED` draws the same again. */
export const seed = Number(process.env.UNROLL_FAULTS_SEED ?? Date.now() % 1_000_000);

/** A row of numbers from 0 to below 1 (mulberry32). */
export function chances(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const chance = chances(seed);
