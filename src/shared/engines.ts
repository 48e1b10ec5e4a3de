/** Which device an engine computes on, and which engine a run can go on with where its own failed. */
import type { ErrorCode } from './errors.ts';
import { analyse } from './graph/analyse.ts';
import { estimate } from './graph/estimates.ts';
import type { ModelGraph } from './graph/graph.ts';
import { ENGINES, type EngineName, type TrainingConfig } from './training.ts';

/** What the memory of a WebAssembly program can hold, whatever the machine has. */
export const WEBASSEMBLY_BYTES = 2 ** 32;

/** A graphics adapter an engine can compute on. */
export interface Device {
  /** As it is chosen by: `NVIDIA H100 80GB HBM3`. */
  name: string;
  /** How it is reached: `vulkan`. */
  detail: string;
}

/** Tells devices apart that have the same name: `SwiftShader Device (vulkan, in software)`. */
export const deviceName = ({ name, detail }: Device): string => `${name} (${detail})`;

/** The device a user means by all or part of its name, with or without how it is reached; null takes the first. */
export function chooseDevice<D extends Device>(devices: readonly D[], wanted: string | null): D | null {
  if (wanted === null) return devices[0] ?? null;
  const name = wanted.toLowerCase();
  const exact = devices.find((device) => device.name.toLowerCase() === name);
  // `Name (vulkan)` is that of `Name (vulkan, in software)` too.
  const part = name.replace(/\)$/, '');
  return exact ?? devices.find((device) => deviceName(device).toLowerCase().includes(part)) ?? null;
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
  'tensor-too-large',
  'batch-too-large',
  'training-child-died',
]);

/** What says that the engine had too little room. */
const OF_ITS_ROOM: ReadonlySet<string> = new Set<ErrorCode>([
  'out-of-memory',
  'memory-too-small',
  'tensor-too-large',
  'batch-too-large',
]);

interface FailedRun {
  status: string;
  engine: string;
  error: { code: string } | null;
  graph: ModelGraph;
  training: Pick<TrainingConfig, 'batch_size' | 'optimizer'>;
}

/** What was found of an engine. */
interface Found {
  name: string;
  available: boolean;
  /** The most its memory can hold; null where only trying tells. */
  mostBytes: number | null;
}

/**
 * The engine to go on with where a run's own failed; null where another would do no better, or there is none. For want of room it
 * is one that is known to have enough.
 */
export function nextEngine(
  { status, engine, error, graph, training }: FailedRun,
  engines: readonly Found[],
): EngineName | null {
  if (error === null || !OF_THE_ENGINE.has(error.code)) return null;
  if (status !== 'failed' && status !== 'interrupted') return null;
  // A process that somebody ended says nothing of its engine.
  if (error.code === 'training-child-died' && status === 'interrupted') return null;
  // A run that never came to know its engine was to have the first.
  const failed = ENGINES.find((name) => name === engine) ?? OFFERED[0]!;
  const hasRoom = OF_ITS_ROOM.has(error.code)
    ? hasMoreRoom(failed, engines, leastBytes(graph, training))
    : () => true;
  const works = (name: EngineName) =>
    name !== failed && engines.some((found) => found.name === name && found.available && hasRoom(found));
  return OFFERED.find(works) ?? null;
}

/** What every engine takes for the steps of a run. */
const leastBytes = (graph: ModelGraph, { batch_size, optimizer }: FailedRun['training']): number =>
  estimate(analyse(graph), { batchSize: batch_size, optimizer }).leastBytes;

/** An adapter's memory is its own: what it had too little of, another engine may have. */
function hasMoreRoom(
  failed: EngineName,
  engines: readonly Found[],
  needed: number,
): (found: Found) => boolean {
  const had = engines.find(({ name }) => name === failed)?.mostBytes ?? 0;
  return ({ mostBytes }) => mostBytes !== null && mostBytes >= needed && mostBytes > had;
}
