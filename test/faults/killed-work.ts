/** Pieces of work in processes of their own that are killed at random moments, two at a time in the long version. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { checkWorkspace } from '../../src/main/store/check.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import { chances, many, patience, seed } from './figures.ts';
import type { Work } from './work-process.ts';

/** Kills of each kind. */
export const KILLS = many(1, 200);
export const MOST_MS = patience(60_000, 3_600_000);
const LANES = many(1, 2);

/** Processes start in half the time where the code compiled before is kept. */
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'unroll-compiled');

export interface Outcome {
  ended: boolean;
  epochs: number[];
  children: number[];
  /** Milliseconds from the beginning of the work to its end. */
  took: number;
}

/**
 * Does a piece of work in a process of its own.
 * @param killAfter milliseconds after it has begun, a file of this folder by which it ends itself, or null
 */
export async function work(
  workspace: string,
  what: Work,
  killAfter: number | 'replacing-process.ts' | null,
): Promise<Outcome> {
  const script = join(import.meta.dirname, 'work-process.ts');
  const preloaded =
    typeof killAfter === 'string'
      ? ['--import', pathToFileURL(join(import.meta.dirname, killAfter)).href]
      : [];
  const worker = spawn(process.execPath, [...preloaded, script, workspace, JSON.stringify(what)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const outcome: Outcome = { ended: false, epochs: [], children: [], took: 0 };
  let begunAt: number | null = null;
  createInterface(worker.stdout).on('line', (text) => {
    const line = JSON.parse(text) as { begun?: true; ended?: true; epoch?: number; children?: number[] };
    if (line.epoch !== undefined) outcome.epochs.push(line.epoch);
    if (line.children) outcome.children = line.children;
    if (line.ended) Object.assign(outcome, { ended: true, took: performance.now() - (begunAt ?? 0) });
    if (line.begun && begunAt === null) {
      begunAt = performance.now();
      if (typeof killAfter === 'number') setTimeout(() => worker.kill('SIGKILL'), killAfter);
    }
  });
  await new Promise((resolve) => worker.once('close', resolve));
  return outcome;
}

const quietJob = { signal: new AbortController().signal, progress: () => undefined };

export async function expectWhole(folder: string, when: string): Promise<void> {
  const workspace = openWorkspace(folder);
  try {
    expect(await checkWorkspace(workspace.db, quietJob), when).toEqual([]);
  } finally {
    workspace.close();
  }
}

/** One of the rows of kills that go on side by side, each with its own workspace and its own chance. */
export interface Lane {
  number: number;
  /** How many of the kills are its own. */
  kills: number;
  chance: () => number;
}

/** Kills in lanes; each answers with what it counted, and the counts are added up. */
export async function inLanes(row: (lane: Lane) => Promise<number>): Promise<number> {
  const lanes = Array.from({ length: LANES }, (_, number) => ({
    number,
    kills: KILLS / LANES,
    chance: chances(seed + number),
  }));
  return (await Promise.all(lanes.map(row))).reduce((sum, count) => sum + count, 0);
}

/** Where a failure happened, to find it again. */
export const moment = ({ number }: Lane, kill: number, after: number): string =>
  `lane ${number}, kill ${kill}, ${Math.round(after)} ms after the beginning, seed ${seed}`;
