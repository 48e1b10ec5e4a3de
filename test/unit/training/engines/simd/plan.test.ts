import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Memory } from '../../../../../src/training/engines/simd/memory.ts';
import {
  Plan,
  denseWalk,
  maskedWalk,
  sharingWalk,
  type Walk,
} from '../../../../../src/training/engines/simd/plan.ts';

const memory = new Memory(64);

/** Which (batch row, output step) pairs show a state, and how often. */
function shown(plan: Plan): Map<string, number> {
  const seen = new Map<string, number>();
  plan.forEachOutput((_, row, from, to) => {
    for (let step = from; step < to; step++)
      seen.set(`${row} ${step}`, (seen.get(`${row} ${step}`) ?? 0) + 1);
  });
  return seen;
}

/** Every row's zeros moved to its front. */
const zerosFirst = (ids: readonly number[], steps: number): number[] =>
  ids.map((_, at) => {
    const row = ids.slice(at - (at % steps), at - (at % steps) + steps);
    return row.toSorted((a, b) => Number(a !== 0) - Number(b !== 0))[at % steps]!;
  });

const zerosInFront = (ids: ArrayLike<number>, steps: number): Int32Array =>
  Int32Array.from({ length: ids.length / steps }, (_, row) => {
    let zeros = 0;
    while (zeros < steps && ids[row * steps + zeros] === 0) zeros++;
    return zeros;
  });

const sequences = fc.integer({ min: 1, max: 90 }).chain((batch) =>
  fc.integer({ min: 1, max: 12 }).chain((steps) =>
    fc.record({
      batch: fc.constant(batch),
      steps: fc.constant(steps),
      ids: fc.array(fc.integer({ min: 0, max: 3 }), {
        minLength: batch * steps,
        maxLength: batch * steps,
      }),
    }),
  ),
);

describe('plan', () => {
  it('walks every real step of every row once and shows every output step once', () => {
    fc.assert(
      fc.property(sequences, fc.boolean(), fc.boolean(), ({ batch, steps, ids: any }, backwards, inFront) => {
        const ids = inFront ? zerosFirst(any, steps) : any;
        const masked = maskedWalk(ids, batch, steps, backwards);
        const walks: Walk[] = [
          denseWalk(batch, steps, backwards),
          masked,
          sharingWalk(zerosInFront(ids, steps), steps),
        ];
        for (const walk of walks) {
          const plan = new Plan(memory, walk);
          const visited = new Set<string>();
          const sources = plan.sources();
          plan.forEachEntry((row, batchRow, step) => {
            expect(row).toBeLessThan(plan.rows);
            expect(sources[row]).toBe(batchRow * steps + step);
            if (walk === masked) expect(ids[batchRow * steps + step]).not.toBe(0);
            visited.add(`${batchRow} ${step}`);
          });
          expect(visited.size).toBe(plan.entries);
          const counts = shown(plan);
          expect([...counts.values()].every((times) => times === 1)).toBe(true);
          if (walk === masked) expect(plan.entries).toBe(ids.filter((id) => id !== 0).length);
          else expect(counts.size).toBe(batch * steps);
          plan.release();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('computes a shared prefix once a slice', () => {
    const steps = 100;
    const ids = new Int32Array(32 * steps);
    for (let row = 0; row < 32; row++) ids.fill(5, row * steps + 60 + (row % 3), (row + 1) * steps);
    const plan = new Plan(memory, sharingWalk(zerosInFront(ids, steps), steps));
    expect(plan.slices).toHaveLength(1);
    const own = ids.filter((id) => id !== 0).length;
    expect(plan.entries).toBe(own + Math.max(60, 61, 62));
    plan.release();
  });

  it('gives back all memory', () => {
    const before = memory.peakBytes;
    for (let i = 0; i < 50; i++) {
      const plan = new Plan(memory, denseWalk(64, 20, false));
      plan.identity();
      plan.release();
    }
    const once = memory.peakBytes;
    for (let i = 0; i < 50; i++) new Plan(memory, denseWalk(64, 20, false)).release();
    expect(memory.peakBytes).toBe(once);
    expect(once).toBeGreaterThanOrEqual(before);
  });
});
