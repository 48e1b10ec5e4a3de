/**
 * A process of its own that fuzzes one reader: a crash ends it alone, its memory is that of the reader, and a case that never
 * ends is seen from outside. Message in: `FuzzRequest`; messages out: the number of a case now and then, and at last `FuzzAnswer`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MersenneTwister } from '../../src/shared/random/mersenne-twister.ts';
import { UnrollError } from '../../src/shared/errors.ts';
import { targets } from './targets.ts';

export interface FuzzRequest {
  target: string;
  /** The first case, and how many. A case follows from its number. */
  from: number;
  cases: number;
  /** After how many cases it says where it is. */
  every: number;
}

export interface FuzzAnswer {
  refused: number;
  slowestMs: number;
  /** The most memory the process ever took beyond what it had when it began. */
  grownBytes: number;
  /** Cases that were neither read nor refused, with what was thrown. */
  faults: { number: number; reason: string }[];
}

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

/** A case that took longer is tried again: the machine may have had something else to do meanwhile. */
const DOUBTFUL_MS = 500;

/** @returns what the case threw, if anything, and how long it took */
async function once(
  run: (random: MersenneTwister) => unknown,
  number: number,
): Promise<{ error: unknown; took: number }> {
  const began = performance.now();
  let error: unknown = null;
  try {
    await run(new MersenneTwister(number));
  } catch (thrown) {
    error = thrown;
  }
  return { error, took: performance.now() - began };
}

async function fuzz({ target: name, from, cases, every }: FuzzRequest): Promise<FuzzAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-fuzz-'));
  const answer: FuzzAnswer = { refused: 0, slowestMs: 0, grownBytes: 0, faults: [] };
  try {
    const target = targets.find((one) => one.name === name)!;
    const run = await target.prepare(folder);
    const before = peakBytes();
    for (let number = from; number < from + cases; number++) {
      if ((number - from) % every === 0) process.send!(number);
      const { error, took } = await once(run, number);
      if (error instanceof UnrollError && error.code !== 'internal') answer.refused += 1;
      else if (error) answer.faults.push({ number, reason: String((error as Error).stack).slice(0, 1500) });
      const again = took > DOUBTFUL_MS ? (await once(run, number)).took : took;
      answer.slowestMs = Math.max(answer.slowestMs, Math.min(took, again));
      // What a case took outside of the heap is given back between turns of the event loop alone.
      await setImmediate();
    }
    answer.grownBytes = peakBytes() - before;
    return answer;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.once('message', (request: FuzzRequest) => {
  void fuzz(request).then((answer) => process.send!(answer, () => process.exit(0)));
});
