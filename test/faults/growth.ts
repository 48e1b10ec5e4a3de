/** Processes that tell again and again what they hold, and whether that grows. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { many } from './figures.ts';

export interface Held {
  rss: number;
  handles: number;
  /** What an engine knows of; `gpu` are its bytes on a graphics adapter. */
  tensors?: number;
  bytes?: number;
  gpu?: number;
}

export interface Sampled {
  /** The first line that it writes. */
  first: Promise<Record<string, unknown>>;
  /** What it told later, oldest first. */
  samples: Held[];
}

/** Starts a process of this folder that writes a JSON object a line. */
export function startSampled(script: string, ...given: string[]): Sampled {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const samples: Held[] = [];
  const first = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as Held;
      resolve({ ...line });
      if (line.rss !== undefined) samples.push(line);
    });
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}.`)));
  });
  return { first, samples };
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

export const percent = (from: number, to: number): string => `${(((to - from) / from) * 100).toFixed(1)} %`;

/** Memory settles within minutes only: the short version sees no more than a flood. */
const MOST_GROWTH = many(2, 1.2);

/**
 * Holds the later half of samples to the earlier: memory by its middles, the rest exactly.
 * @returns in words what grew
 */
export function expectNoGrowth(who: string, samples: readonly Held[]): string {
  const early = samples.slice(0, samples.length >> 1);
  const late = samples.slice(samples.length >> 1);
  const [from, to] = [early, late].map((part) => middle(part.map(({ rss }) => rss))) as [number, number];
  expect(to, `memory of ${who}`).toBeLessThan(from * MOST_GROWTH);
  const [begin, end] = [early[0]!, late.at(-1)!];
  const handles = end.handles - begin.handles;
  expect(handles, `handles of ${who}`).toBeLessThanOrEqual(2);
  for (const what of ['tensors', 'bytes', 'gpu'] as const)
    expect(end[what], `${what} of ${who}`).toBe(begin[what]);
  const tensors = begin.tensors === undefined ? '' : `, tensors and their bytes 0`;
  const gpu =
    begin.gpu === undefined ? '' : `, bytes of the adapter 0 (${(begin.gpu / 1024).toFixed(0)} KiB)`;
  return `memory of ${who} ${percent(from, to)} (${(to / 2 ** 20).toFixed(0)} MiB), handles ${handles}${tensors}${gpu}`;
}
