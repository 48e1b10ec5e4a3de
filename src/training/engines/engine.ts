/** What an engine is: a tfjs backend that training runs on, with whatever kernels of ours it brings. */
import type { EngineName } from '../../shared/training.ts';

export interface Engine {
  name: EngineName;
  /** Whether it can run on this machine, in words either way: `relaxed SIMD`, or why not. Changes nothing. */
  probe(): Promise<{ available: boolean; detail: string }>;
  /**
   * Makes it tfjs's backend. `threads` null takes as many as the machine has cores.
   * Gives how it runs (`relaxed SIMD, 2 threads`) and the threads it uses.
   */
  start(options: { threads: number | null }): Promise<{ detail: string; threads: number }>;
  stop(): Promise<void>;
  /** The most memory its own buffers took so far, in bytes, where it knows. */
  peakBytes?(): number;
}
