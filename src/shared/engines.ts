/** Which device an engine computes on, and which engine a run can go on with where its own failed. */
import type { ErrorCode } from './errors.ts';
import { ENGINES, type EngineName } from './training.ts';

/** A graphics adapter an engine can compute on. */
export interface Device {
  /** As it is chosen by: `NVIDIA H100 80GB HBM3`. */
  name: string;
  /** How it is reached: `vulkan`. */
  detail: string;
}

/** The device a user means by all or part of its name; null takes the first. */
export function chooseDevice<D extends Device>(devices: readonly D[], wanted: string | null): D | null {
  if (wanted === null) return devices[0] ?? null;
  const name = wanted.toLowerCase();
  const exact = devices.find((device) => device.name.toLowerCase() === name);
  return exact ?? devices.find((device) => device.name.toLowerCase().includes(name)) ?? null;
}

/** The fastest first, as most machines have them. */
const OFFERED: readonly EngineName[] = ['simd', 'webgpu', 'tensorflow', 'reference'];

/** What says something of the engine, and nothing of the data or the model. */
const OF_THE_ENGINE: ReadonlySet<string> = new Set<ErrorCode>([
  'device-lost',
  'shader-failed',
  'engine-unavailable',
  'out-of-memory',
  'memory-too-small',
  'batch-too-large',
  'training-child-died',
]);

interface FailedRun {
  status: string;
  engine: string;
  error: { code: string } | null;
}

/**
 * The engine to go on with where a run's own failed; null where another would do no better, or there is none.
 * @param engines what was found of each
 */
export function nextEngine(
  { status, engine, error }: FailedRun,
  engines: readonly { name: string; available: boolean }[],
): EngineName | null {
  if (error === null || !OF_THE_ENGINE.has(error.code)) return null;
  if (status !== 'failed' && status !== 'interrupted') return null;
  // A process that somebody ended says nothing of its engine.
  if (error.code === 'training-child-died' && status === 'interrupted') return null;
  // A run that never came to know its engine was to have the first.
  const failed = ENGINES.find((name) => name === engine) ?? OFFERED[0];
  const works = (name: EngineName) =>
    engines.some((found) => found.name === name && found.available) && name !== failed;
  return OFFERED.find(works) ?? null;
}
