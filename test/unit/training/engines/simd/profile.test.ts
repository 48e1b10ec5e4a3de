import { afterAll, expect, it } from 'vitest';
import { ModuleBuilder, hasRelaxedSimd } from '../../../../../src/training/engines/simd/assembler.ts';
import { measureLimit } from '../../../../../src/training/engines/simd/limit.ts';
import { matrixProduct } from '../../../../../src/training/engines/simd/matrix.ts';
import { Memory } from '../../../../../src/training/engines/simd/memory.ts';
import { Pool } from '../../../../../src/training/engines/simd/pool.ts';
import type { Task } from '../../../../../src/training/engines/simd/tasks.ts';
import { CONTROL_BYTES, controlOf } from '../../../../../src/training/engines/simd/tasks.ts';

const THREADS = 2;
const memory = new Memory(CONTROL_BYTES);
const pool = new Pool(memory, THREADS);
afterAll(() => pool.stop());

const [ROWS, K, N] = [30, 64, 32];
function products(count: number): Task[] {
  const module = new ModuleBuilder({ relaxed: hasRelaxedSimd(), sharedMemory: true });
  matrixProduct(module, 'product', { k: K, n: N, strideA: K, strideC: N, start: 'zero' });
  const { product } = pool.add(module, 'test');
  const [a, b] = [memory.allocate(ROWS * K * 4), memory.allocate(K * N * 4)];
  return Array.from({ length: count }, () => [product!, a, b, memory.allocate(ROWS * N * 4), ROWS, 0, 0]);
}

it('times no task until it is asked to, and none after it is told to end', () => {
  const { times } = controlOf(memory.memory);
  pool.run(products(8));
  expect(times.every((time) => time === 0)).toBe(true);
  pool.profile();
  pool.run(products(8));
  expect(times.subarray(0, 8).every((time) => time > 0)).toBe(true);
  times.fill(0);
  pool.endProfile();
  pool.run(products(8));
  expect(times.every((time) => time === 0)).toBe(true);
});

it("adds up calls, multiplications and the threads' seconds, which are no more than all threads had", () => {
  const profile = pool.profile();
  const tasks = products(2000);
  pool.run(tasks);
  pool.call(...tasks[0]!);
  pool.endProfile();
  const [kernel, ...others] = profile.kernels();
  expect(others).toEqual([]);
  expect(kernel).toMatchObject({ name: 'test product', calls: 2001, multiplications: 2001 * ROWS * K * N });
  expect(kernel!.seconds).toBeGreaterThan(0);
  expect(kernel!.seconds).toBeLessThanOrEqual(THREADS * profile.runSeconds);
});

it('measures a limit that its own products do not exceed by much', () => {
  const limit = measureLimit(pool, memory, false);
  const profile = pool.profile();
  pool.run(products(2000));
  pool.endProfile();
  const { multiplications, seconds } = profile.kernels()[0]!;
  expect((multiplications! / seconds / 1e9) * THREADS).toBeLessThan(1.5 * limit);
});
