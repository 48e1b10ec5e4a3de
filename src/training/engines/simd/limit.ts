/** What this machine can multiply at the most: the engine's own matrix product on numbers that stay in the nearest cache. */
import { hasRelaxedSimd, i32, ModuleBuilder } from './assembler.ts';
import { matrixProduct } from './matrix.ts';
import type { Memory } from './memory.ts';
import type { Pool } from './pool.ts';
import type { Task } from './tasks.ts';

const [K, N, ROWS] = [64, 32, 48];
/** Products a task does, so that handing tasks out costs nothing beside them. */
const PRODUCTS = 100;
const TASKS_PER_THREAD = 4;
const BYTES = 4 * (ROWS * K + K * N + ROWS * N);
const MEASURE_MS = 100;

/** Billions of multiplications with addition a second, on all threads: the best of about 100 ms. */
export function measureLimit(pool: Pool, memory: Memory, wide: boolean): number {
  const module = new ModuleBuilder({ relaxed: hasRelaxedSimd(), wide, sharedMemory: true });
  matrixProduct(module, 'product', { k: K, n: N, strideA: K, strideC: N, start: 'zero' });
  module.function('products', ['i32', 'i32'], (f, at, times) => {
    const b = f.local('i32', i32.add(at, ROWS * K * 4));
    const c = f.local('i32', i32.add(b, K * N * 4));
    f.while(i32.gt(times, 0), () => {
      f.call('product', at, b, c, ROWS, 0, 0);
      f.set(times, i32.sub(times, 1));
    });
  });
  const { products } = pool.add(module, 'limit');
  const count = TASKS_PER_THREAD * pool.threads;
  const places = Array.from({ length: count }, () => memory.allocate(BYTES));
  for (const at of places) memory.floats(at, BYTES / 4).fill(0.5);
  const tasks = places.map((at): Task => [products!, at, PRODUCTS]);
  let best = Infinity;
  for (const begun = performance.now(); performance.now() - begun < MEASURE_MS;) {
    const from = performance.now();
    pool.run(tasks);
    best = Math.min(best, performance.now() - from);
  }
  for (const at of places) memory.free(at);
  return (count * PRODUCTS * ROWS * K * N) / best / 1e6;
}
