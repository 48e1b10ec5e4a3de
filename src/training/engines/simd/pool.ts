/** The threads of the engine and the kernels they know. The main thread is one of them. */
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { ModuleBuilder } from './assembler.ts';
import type { Memory } from './memory.ts';
import { KernelProfile, type Profiled } from './profile.ts';
import {
  controlOf,
  COUNT,
  DONE,
  MAXIMUM_TASKS,
  NEXT,
  SLEEPERS,
  TABLE_AT,
  TASK_BITS,
  TASK_SIZE,
  TIMED,
  work,
  type Control,
  type Kernel,
  type Task,
} from './tasks.ts';

const RUNS = 2 ** (31 - TASK_BITS);

export class Pool {
  readonly threads: number;
  readonly #memory: Memory;
  readonly #block: Control;
  readonly #control: Int32Array;
  readonly #kernels: Kernel[] = [];
  readonly #profiled: Profiled[] = [];
  readonly #workers: Worker[] = [];
  readonly #ports: MessagePort[] = [];
  readonly #kernelAt = (index: number): Kernel => this.#kernels[index]!;
  #run = 0;
  #profile: KernelProfile | null = null;
  /** The run that other threads may still be at. */
  #open: { tasks: readonly Task[]; begun: number; settled: (() => void) | null } | null = null;

  /** @param memory whose first CONTROL_BYTES are reserved. */
  constructor(memory: Memory, threads: number) {
    this.threads = threads;
    this.#memory = memory;
    this.#block = controlOf(memory.memory);
    this.#control = this.#block.integers;
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    for (let i = 1; i < threads; i++) {
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker(new URL(file, import.meta.url), {
        workerData: { memory: memory.memory, port: port2 },
        transferList: [port2],
      });
      worker.unref();
      port1.unref();
      this.#workers.push(worker);
      this.#ports.push(port1);
    }
  }

  /** Times every task from now on. */
  profile(): KernelProfile {
    this.#profile ??= new KernelProfile(this.#profiled, this.#memory, () => this.#openTime());
    Atomics.store(this.#control, TIMED, 1);
    return this.#profile;
  }

  /** The profile that is kept now, if any. */
  get counting(): KernelProfile | null {
    return this.#profile;
  }

  /** Times tasks no longer. */
  endProfile(): void {
    Atomics.store(this.#control, TIMED, 0);
    this.#profile = null;
  }

  /**
   * Compiles a module for all threads; gives each of its functions' numbers by name.
   * @param title names the module in a profile
   */
  add(builder: ModuleBuilder, title = ''): Record<string, number> {
    const module = new WebAssembly.Module(builder.build());
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory.memory } });
    const names = builder.functionNames;
    const first = this.#kernels.length;
    this.#kernels.push(...names.map((name) => exports[name] as Kernel));
    this.#profiled.push(
      ...names.map((name) => ({
        name: `${title} ${name}`.trim(),
        multiplications: builder.multiplicationsOf(name),
      })),
    );
    for (const port of this.#ports) port.postMessage({ module, names });
    return Object.fromEntries(names.map((name, i) => [name, first + i]));
  }

  /** Calls one kernel on this thread: for work too small to share. */
  call(...task: Task): void {
    const begun = this.#now();
    const [kernel, ...values] = task;
    this.#kernels[kernel]!(...values);
    if (!this.#profile) return;
    const took = this.#now() - begun;
    this.#profile.add([task], [took], took);
  }

  /** Does all tasks, in any order and on any thread, and returns when the last is done. */
  run(tasks: readonly Task[]): void {
    for (let from = 0; from < tasks.length; from += MAXIMUM_TASKS) {
      this.#begin(tasks.slice(from, from + MAXIMUM_TASKS), null);
      this.settle();
    }
  }

  /**
   * Has the other threads begin the tasks, and returns at once; the next run, or `settle`, helps with those that are left and
   * waits for the last. What the tasks write must not be read before, and what they read not be written; memory that is freed
   * meanwhile stays as it is.
   * @param settled called when all are done
   */
  begin(tasks: readonly Task[], settled = () => {}): void {
    if (this.threads === 1) {
      this.run(tasks);
      settled();
      return;
    }
    const last = Math.max(0, tasks.length - MAXIMUM_TASKS);
    this.run(tasks.slice(0, last));
    this.#begin(tasks.slice(last), settled);
    this.#memory.hold();
  }

  #begin(tasks: readonly Task[], settled: (() => void) | null): void {
    this.settle();
    const control = this.#control;
    const begun = this.#now();
    let at = TABLE_AT / 4;
    for (const task of tasks) {
      for (let i = 0; i < task.length; i++) control[at + i] = task[i]!;
      at += TASK_SIZE;
    }
    this.#run = (this.#run + 1) % RUNS;
    Atomics.store(control, DONE, 0);
    Atomics.store(control, COUNT, tasks.length);
    Atomics.store(control, NEXT, this.#run << TASK_BITS);
    if (Atomics.load(control, SLEEPERS) > 0) Atomics.notify(control, NEXT);
    this.#open = { tasks, begun, settled };
  }

  /** Whether other threads may be at tasks. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** Ends the run that was begun, if there is one. */
  settle(): void {
    if (!this.#open) return;
    const { tasks, settled } = this.#open;
    const [before, helped] = [this.#openTime(), this.#now()];
    work(this.#block, this.#kernelAt);
    this.#waitFor(tasks.length);
    // Closed until the next run opens: a thread that comes late finds no task, whatever COUNT says by then.
    Atomics.store(this.#control, NEXT, (this.#run << TASK_BITS) | MAXIMUM_TASKS);
    this.#open = null;
    this.#profile?.add(tasks, this.#block.times, before + this.#now() - helped);
    settled?.();
    if (settled) this.#memory.letGo();
  }

  /** Milliseconds, where a profile is kept. */
  #now(): number {
    return this.#profile ? performance.now() : 0;
  }

  /** For how many milliseconds threads have been at the run that was begun. */
  #openTime(): number {
    if (!this.#open || !this.#profile) return 0;
    const { tasks, begun } = this.#open;
    const passed = this.#now() - begun;
    if (Atomics.load(this.#control, DONE) < tasks.length) return passed;
    // Done before anyone looked, by the other threads alone.
    const busy = this.#block.times.subarray(0, tasks.length).reduce((sum, time) => sum + time, 0);
    return Math.min(passed, busy / (this.threads - 1));
  }

  #waitFor(count: number): void {
    const control = this.#control;
    for (let spin = 0; ; spin++) {
      const done = Atomics.load(control, DONE);
      if (done === count) return;
      if (spin > 2000) Atomics.wait(control, DONE, done, 1);
    }
  }

  async stop(): Promise<void> {
    this.settle();
    for (const port of this.#ports) port.close();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
