import { afterAll, describe, expect, it } from 'vitest';
import {
  ModuleBuilder,
  hasRelaxedSimd,
  v128,
  i32,
  type FunctionBuilder,
  type Vector,
} from '../../../../../src/training/engines/simd/assembler.ts';
import { Memory } from '../../../../../src/training/engines/simd/memory.ts';
import { Pool } from '../../../../../src/training/engines/simd/pool.ts';
import { CONTROL_BYTES } from '../../../../../src/training/engines/simd/tasks.ts';
import { sigmoid, tanh } from '../../../../../src/training/engines/simd/vector-math.ts';

const memory = new Memory(CONTROL_BYTES);
const pool = new Pool(memory, 1);
afterAll(() => pool.stop());

/** Applies an emitted function to float32 values, in both builds a host may get. */
function apply(
  emit: (f: FunctionBuilder, x: Vector) => Vector,
  values: Float32Array,
  relaxed: boolean,
): Float32Array {
  const module = new ModuleBuilder({ relaxed, sharedMemory: true });
  module.function('apply', ['i32', 'i32'], (f, at, end) =>
    f.while(i32.lt(at, end), () => {
      f.storeVector(at, emit(f, v128.load(at)));
      f.advance(at, 16);
    }),
  );
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

describe.each([hasRelaxedSimd(), false])('vector functions, relaxed %s', (relaxed) => {
  it('computes tanh within 4e-7 of its value, also near zero', () => {
    expect(worstRelative(apply(tanh, grid, relaxed), grid, Math.tanh)).toBeLessThan(4e-7);
    expect(worstRelative(apply(tanh, tiny, relaxed), tiny, Math.tanh)).toBeLessThan(4e-7);
  });

  it('computes the sigmoid within 3e-7 of its value', () => {
    expect(worstRelative(apply(sigmoid, grid, relaxed), grid, (x) => 1 / (1 + Math.exp(-x)))).toBeLessThan(
      3e-7,
    );
  });

  it('saturates at the ends and hands NaN on, so that divergence is seen', () => {
    const ends = new Float32Array([-Infinity, Infinity, -500, 500, NaN, 0, 0, NaN]);
    expect([...apply(tanh, ends, relaxed)]).toEqual([-1, 1, -1, 1, NaN, 0, 0, NaN]);
    const logistic = apply(sigmoid, ends, relaxed);
    expect(logistic[1]).toBe(1);
    expect(logistic[0]).toBeLessThan(1e-30);
    expect([logistic[4], logistic[5], logistic[7]]).toEqual([NaN, 0.5, NaN]);
  });
});
