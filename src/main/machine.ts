/** The machine and the versions a run is trained with, as stored beside it. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

export const applicationVersion = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

export const cpuModel = cpus()[0]?.model.trim() ?? 'unknown';
export const coreCount = availableParallelism();

/** The memory of the machine, or of the part of it that its processes may use, in bytes. */
export const memoryBytes = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/** @param device the adapter that is asked for; null leaves it to the engine */
export function describeMachine(device: string | null = null): Record<string, string> {
  return {
    cpu: cpuModel,
    cores: String(coreCount),
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    platform: `${platform()} ${release()} ${arch()}`,
    ...(device !== null && { device }),
  };
}

/** Versions main knows of; the child adds its own when it has started. */
export function describeVersions(): Record<string, string> {
  return { unroll: applicationVersion };
}
