/** Processes that tell again and again what they hold, and whether that grows. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { many } from './figures.ts';
import type { Held } from './held.ts';

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
/** Timers and requests come and go, and a few samples may meet more of them in one half; what leaks goes on. */
const MORE_HANDLES = many(24, 2);

/**
 * Holds the later half of samples to the earlier: memory and handles by their middles, what an engine holds exactly.
 * @returns in words what grew
 */
export function expectNoGrowth(who: string, samples: readonly Held[]): string {
  const halves = [samples.slice(0, samples.length >> 1), samples.slice(samples.length >> 1)];
  const middles = (of: 'rss' | 'heap' | 'handles') =>
    halves.map((half) => middle(half.map((sample) => sample[of]))) as [number, number];
  const [from, to] = middles('rss');
  expect(to, `memory of ${who}`).toBeLessThan(from * MOST_GROWTH);
  const objects = middles('heap');
  expect(objects[1], `objects of ${who}`).toBeLessThan(objects[0] * MOST_GROWTH);
  const [fewer, more] = middles('handles');
  expect(more - fewer, `handles of ${who}`).toBeLessThanOrEqual(MORE_HANDLES);
  const [begin, end] = [samples[0]!, samples.at(-1)!];
  for (const what of ['tensors', 'bytes', 'gpu'] as const)
    expect(end[what], `${what} of ${who}`).toBe(begin[what]);
  const tensors = begin.tensors === undefined ? '' : `, tensors and their bytes 0`;
  const gpu =
    begin.gpu === undefined ? '' : `, bytes of the adapter 0 (${(begin.gpu / 1024).toFixed(0)} KiB)`;
  const memory = `memory of ${who} ${percent(from, to)} (${(to / 2 ** 20).toFixed(0)} MiB), its objects ${percent(...objects)}`;
  return `${memory}, handles ${more - fewer}${tensors}${gpu}`;
}
