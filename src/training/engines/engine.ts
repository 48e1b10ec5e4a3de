/** What an engine is: a tfjs backend that training runs on, with whatever kernels of ours it brings. */
import type { Device } from '../../shared/engines.ts';
import type { EngineName } from '../../shared/training.ts';

/** What a kernel took so far. */
export interface KernelTotals {
  name: string;
  calls: number;
  /** Summed over threads. */
  seconds: number;
  /** Multiplications with addition; null for a kernel that has none to speak of. */
  multiplications: number | null;
}

/** What an engine's kernels took since its profile began. */
export interface EngineProfile {
  /** Seconds by the wall clock in which kernels ran, on one thread at least. */
  readonly runSeconds: number;
  /** Seconds that ops spent beside their kernels on one thread: plans of batches, weights in panels, sums of parts. */
  readonly planSeconds: number;
  /** Seconds that keeping the profile took. */
  readonly ownSeconds: number;
  kernels(): KernelTotals[];
}

export interface Probe {
  available: boolean;
  detail: string;
  /** What it can compute on, where that is a choice. */
  devices?: Device[];
}

export interface Engine {
  name: EngineName;
  /** Its tensors are elsewhere: they can be read by awaiting them, not at once. */
  readonly asynchronous?: boolean;
  /** Whether it can run on this machine, in words either way: `relaxed SIMD`, or why not. Changes nothing. */
  probe(): Promise<Probe>;
  /**
   * Makes it tfjs's backend. `threads` null takes as many as the machine has cores; `device` is all or part of a device's
   * name, and null takes the first.
   * Gives how it runs (`relaxed SIMD, 2 threads`) and the threads it uses.
   */
  start(options: {
    threads: number | null;
    device?: string | null;
  }): Promise<{ detail: string; threads: number }>;
  stop(): Promise<void>;
  /** Hands over what was asked of it so far, and resolves once it is no more than a few such calls behind. */
  keepUp?(): Promise<void>;
  /** The most its memory can hold, in bytes, where that is limited. */
  readonly mostBytes?: number;
  /** The largest tensor it takes, in bytes, where that is limited: known once it has started. */
  largestTensor?(): number;
  /** How many of so many bytes it can give, where that is only known by trying. */
  room?(bytes: number): Promise<number>;
  /** Times its kernels from now on, until it is stopped; an engine that cannot has no such method. */
  profile?(): EngineProfile;
  /** Billions of multiplications with addition a second that it can do here on all its threads, measured now. */
  limit?(): number;
  /** The most memory its own buffers took so far, in bytes, where it knows. */
  peakBytes?(): number;
}
