import { afterAll, describe, expect, it } from 'vitest';
import { ModuleBuilder, hasRelaxedSimd, i32 } from '../../../../../src/training/engines/simd/assembler.ts';
import { EIGHT, Eights, type Eight } from '../../../../../src/training/engines/simd/eight.ts';
import { Memory } from '../../../../../src/training/engines/simd/memory.ts';
import { Pool } from '../../../../../src/training/engines/simd/pool.ts';
import { CONTROL_BYTES } from '../../../../../src/training/engines/simd/tasks.ts';
import { sigmoid, tanh } from '../../../../../src/training/engines/simd/vector-math.ts';
import { joinPairs } from '../../../../../src/training/engines/simd/wide.ts';

const memory = new Memory(CONTROL_BYTES);
const pool = new Pool(memory, 1);
afterAll(() => pool.stop());

interface Build {
  relaxed: boolean;
  wide: boolean;
}

/** Applies an emitted function to float32 values, in all builds a host may get. */
function apply(emit: (w: Eights, x: Eight) => Eight, values: Float32Array, build: Build): Float32Array {
  const module = new ModuleBuilder({ ...build, sharedMemory: true });
  module.function('apply', ['i32', 'i32'], (f, at, end) => {
    const w = new Eights(f);
    f.while(i32.lt(at, end), () => {
      w.store(at, emit(w, w.load(at)));
      f.advance(at, EIGHT);
    });
  });
  const address = memory.allocate(values.byteLength);
  memory.floats(address, values.length).set(values);
  pool.call(pool.add(module).apply!, address, address + values.byteLength);
  const result = memory.floats(address, values.length).slice();
  memory.free(address);
  return result;
}

const grid = Float32Array.from({ length: 200_000 }, (_, i) => (i - 100_000) / 4000);
const tiny = Float32Array.from({ length: 400 }, (_, i) => (i % 2 ? 1 : -1) * 10 ** (-i / 12));

function worstRelative(results: Float32Array, values: Float32Array, exact: (x: number) => number): number {
  let worst = 0;
  results.forEach((y, i) => {
    const truth = exact(values[i]!);
    if (Math.abs(truth) > 1e-30) worst = Math.max(worst, Math.abs(y - truth) / Math.abs(truth));
  });
  return worst;
}

const builds: Build[] = [
  { relaxed: hasRelaxedSimd(), wide: joinPairs() },
  { relaxed: hasRelaxedSimd(), wide: false },
  { relaxed: false, wide: false },
];

describe.each(builds)('vector functions, relaxed $relaxed, wide $wide', (build) => {
  it('computes tanh within 4e-7 of its value, also near zero', () => {
    expect(worstRelative(apply(tanh, grid, build), grid, Math.tanh)).toBeLessThan(4e-7);
    expect(worstRelative(apply(tanh, tiny, build), tiny, Math.tanh)).toBeLessThan(4e-7);
  });

  it('computes the sigmoid within 2e-7', () => {
    const results = apply(sigmoid, grid, build);
    results.forEach((y, i) => {
      const truth = 1 / (1 + Math.exp(-grid[i]!));
      if (Math.abs(y - truth) > 2e-7) expect.fail(`sigmoid(${grid[i]}) is ${truth}, not ${y}`);
    });
  });

  it('saturates at the ends and hands NaN on, so that divergence is seen', () => {
    const ends = new Float32Array([-Infinity, Infinity, -500, 500, NaN, 0, 0, NaN]);
    expect([...apply(tanh, ends, build)]).toEqual([-1, 1, -1, 1, NaN, 0, 0, NaN]);
    const logistic = apply(sigmoid, ends, build);
    expect([...logistic]).toEqual([0, 1, 0, 1, NaN, 0.5, 0.5, NaN]);
  });

  it('gives the same bits in every build of the same instructions', () => {
    const narrow = apply(tanh, grid, { ...build, wide: false });
    expect(apply(tanh, grid, build)).toEqual(narrow);
  });
});
