/** What the engine's kernels took, told by the threads that ran them, while the pool times its tasks. */
import type { EngineProfile, KernelTotals } from '../engine.ts';
import type { Multiplications } from './assembler.ts';
import type { Memory } from './memory.ts';
import type { Task } from './tasks.ts';

export interface Profiled {
  name: string;
  multiplications: Multiplications | null;
}

export class KernelProfile implements EngineProfile {
  readonly #kernels: readonly Profiled[];
  readonly #memory: Memory;
  readonly #totals: KernelTotals[] = [];
  readonly #openTime: () => number;
  #runSeconds = 0;
  #planSeconds = 0;
  #ownSeconds = 0;

  /**
   * @param kernels by their numbers; kernels added later count as well
   * @param openTime milliseconds that threads have been at tasks which are not added yet
   */
  constructor(kernels: readonly Profiled[], memory: Memory, openTime: () => number) {
    this.#openTime = openTime;
    this.#kernels = kernels;
    this.#memory = memory;
  }

  get runSeconds(): number {
    return this.#runSeconds + this.#openTime() / 1000;
  }

  get planSeconds(): number {
    return this.#planSeconds;
  }

  /** Does `work` of one of the engine's ops and counts what of it are not kernels. */
  plan<T>(work: () => T): T {
    const [begun, counted] = [performance.now(), this.runSeconds + this.#ownSeconds];
    const result = work();
    this.#planSeconds += (performance.now() - begun) / 1000 - (this.runSeconds + this.#ownSeconds - counted);
    return result;
  }

  get ownSeconds(): number {
    return this.#ownSeconds;
  }

  /**
   * Tasks that were done together.
   * @param times milliseconds of each on its thread
   * @param wall milliseconds from the first's begin to the last's end
   */
  add(tasks: readonly Task[], times: ArrayLike<number>, wall: number): void {
    const begun = performance.now();
    this.#runSeconds += wall / 1000;
    tasks.forEach(([kernel, ...values], i) => {
      const totals = this.#of(kernel);
      totals.calls++;
      totals.seconds += times[i]! / 1000;
      const { multiplications } = this.#kernels[kernel]!;
      if (multiplications)
        totals.multiplications = (totals.multiplications ?? 0) + multiplications(values, this.#memory.i32);
    });
    this.#ownSeconds += (performance.now() - begun) / 1000;
  }

  #of(kernel: number): KernelTotals {
    const { name } = this.#kernels[kernel]!;
    return (this.#totals[kernel] ??= { name, calls: 0, seconds: 0, multiplications: null });
  }

  kernels(): KernelTotals[] {
    return this.#totals.filter(Boolean).map((totals) => ({ ...totals }));
  }
}
