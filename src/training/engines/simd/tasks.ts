/**
 * How the main thread and its workers share work. A run is a table of tasks in shared memory, each a kernel's number and its
 * arguments; every thread takes the next task until none is left. Which thread does which task never changes a result:
 * tasks write to places of their own and are reduced in fixed order afterwards.
 */

/** A kernel's number and its arguments (int32; addresses are bytes). */
export type Task = readonly [kernel: number, ...values: number[]];

/** Positions in the control block (int32 each). */
export const NEXT = 0;
export const COUNT = 1;
export const DONE = 2;
export const SLEEPERS = 3;
/** 1 while tasks are to be timed. */
export const TIMED = 4;

export const TABLE_AT = 64;
export const TASK_SIZE = 16;
export const MAXIMUM_TASKS = 4095;
/** Milliseconds each task took on its thread (float64 each), where tasks are timed. */
const TIMES_AT = TABLE_AT + (MAXIMUM_TASKS + 1) * TASK_SIZE * 4;
export const CONTROL_BYTES = TIMES_AT + (MAXIMUM_TASKS + 1) * 8;

/** The control block of the engine's memory. */
export interface Control {
  integers: Int32Array;
  times: Float64Array;
}

export function controlOf(memory: WebAssembly.Memory): Control {
  const { buffer } = memory;
  return {
    integers: new Int32Array(buffer, 0, TIMES_AT / 4),
    times: new Float64Array(buffer, TIMES_AT, MAXIMUM_TASKS + 1),
  };
}

/**
 * `NEXT` holds the number of the run above and the number of its next task below these bits, so that a thread that comes
 * late cannot take a task of a run it did not see begin.
 */
export const TASK_BITS = 12;
const TASK_MASK = (1 << TASK_BITS) - 1;

export type Kernel = (...values: number[]) => void;

/** Does tasks until none is left. `kernelAt` gives the kernel of a number (a worker may have to fetch it first). */
export function work({ integers: control, times }: Control, kernelAt: (index: number) => Kernel): void {
  for (;;) {
    const next = Atomics.load(control, NEXT);
    const task = next & TASK_MASK;
    const count = Atomics.load(control, COUNT);
    if (task >= count) return;
    if (Atomics.compareExchange(control, NEXT, next, next + 1) !== next) continue;
    const at = TABLE_AT / 4 + task * TASK_SIZE;
    const a = control.subarray(at, at + TASK_SIZE);
    const kernel = kernelAt(a[0]!);
    const timed = Atomics.load(control, TIMED) === 1;
    const begun = timed ? performance.now() : 0;
    kernel(a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!, a[9]!, a[10]!, a[11]!, a[12]!, a[13]!);
    if (timed) times[task] = performance.now() - begun;
    if (Atomics.add(control, DONE, 1) + 1 === count) Atomics.notify(control, DONE);
  }
}
