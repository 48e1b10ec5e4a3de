/** Work that goes on in the background: what it reads and writes stays as it is until it has ended. */
import { afterAll, expect, test } from 'vitest';
import { ModuleBuilder, i32 } from '../../../../../src/training/engines/simd/assembler.ts';
import { SimdBackend } from '../../../../../src/training/engines/simd/backend.ts';
import { Memory } from '../../../../../src/training/engines/simd/memory.ts';
import { Pool } from '../../../../../src/training/engines/simd/pool.ts';
import type { Task } from '../../../../../src/training/engines/simd/tasks.ts';
import { CONTROL_BYTES } from '../../../../../src/training/engines/simd/tasks.ts';

const memory = new Memory(CONTROL_BYTES);
const pool = new Pool(memory, 2);
const backend = new SimdBackend(memory, pool);
afterAll(() => pool.stop());

const module = new ModuleBuilder({ relaxed: false, sharedMemory: true });
/** Counts down from `rounds`, then writes what stands at `from`, one higher, to `to`. */
module.function('late', ['i32', 'i32', 'i32'], (f, rounds, from, to) => {
  f.while(i32.gt(rounds, 0), () => f.set(rounds, i32.sub(rounds, 1)));
  f.storeInteger(to, i32.add(i32.load(from), 1));
});
const late = pool.add(module).late!;
const ROUNDS = 2_000_000;
const TASKS = 8;

const block = (values: readonly number[]): number => {
  const at = memory.allocate(4 * values.length);
  memory.i32.set(values, at / 4);
  return at;
};
const tasksFrom = (from: number, to: number): Task[] =>
  Array.from({ length: TASKS }, (_, i) => [late, ROUNDS, from + 4 * i, to + 4 * i]);
const numbers = Array.from({ length: TASKS }, (_, i) => 10 * i);

test('memory that is freed meanwhile is handed out again only when the work has ended', () => {
  const [from, to] = [block(numbers), block(numbers)];
  let settled = false;
  pool.begin(tasksFrom(from, to), () => (settled = true));
  expect([pool.isOpen, settled]).toEqual([true, false]);
  memory.free(from);
  const other = block(numbers.map(() => -1));
  expect(other).not.toBe(from);
  pool.settle();
  expect([pool.isOpen, settled]).toEqual([false, true]);
  expect([...memory.integers(to, TASKS)]).toEqual(numbers.map((number) => number + 1));
  expect(block(numbers)).toBe(from);
});

test('a run waits for the one that was begun before it', () => {
  const [first, second, third] = [block(numbers), block(numbers), block(numbers)];
  pool.begin(tasksFrom(first, second));
  pool.run(tasksFrom(second, third));
  expect([...memory.integers(third, TASKS)]).toEqual(numbers.map((number) => number + 2));
});

test('who reads a tensor that is being changed, or one made of what is, waits', () => {
  const { info, address } = backend.makeResident([TASKS]);
  const from = block(numbers);
  backend.change([info], tasksFrom(from, address));
  const seen = backend.values(info) as Float32Array;
  expect([...new Int32Array(seen.buffer, seen.byteOffset, TASKS)]).toEqual(numbers.map((n) => n + 1));
  expect(pool.isOpen).toBe(false);

  backend.change([info], tasksFrom(address, address));
  const lazy = { values: () => Float32Array.of(memory.i32[address / 4]!), release: () => undefined };
  const made = backend.makeLazy([1], lazy);
  expect([...backend.values(made)]).toEqual([numbers[0]! + 2]);
});

test('a thread alone does all at once', async () => {
  const alone = new Memory(CONTROL_BYTES);
  const one = new Pool(alone, 1);
  const add = one.add(module).late!;
  const at = alone.allocate(8);
  alone.i32[at / 4] = 41;
  let settled = false;
  one.begin([[add, 1, at, at + 4]], () => (settled = true));
  expect([one.isOpen, settled, alone.i32[at / 4 + 1]]).toEqual([false, true, 42]);
  await one.stop();
});
