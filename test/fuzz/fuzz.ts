/** Fuzzes one reader in a process of its own and watches it: whether it crashes, hangs or grows. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { FuzzAnswer, FuzzRequest } from './fuzz-process.ts';

/** No case may take longer, on a machine that has other things to do as well. */
export const MOST_MS = 2000;
/** What a reader may take for files of a few hundred kilobytes, and never more however many it has read. */
export const MOST_GROWN_BYTES = 400 * 2 ** 20;
/** Cases of one process; the next begins with clean memory, as every file does in the application's own thread for HDF5. */
const CASES_A_PROCESS = 50_000;
/** To say of each case where it is would take as long as the smallest readers take to read. */
const CASES_A_WORD = 20;

/** @throws Error where the process ends early or a case takes far too long, with the number of the case */
export async function fuzz(target: string, cases: number, first = 0): Promise<FuzzAnswer> {
  const all: FuzzAnswer = { refused: 0, slowestMs: 0, grownBytes: 0, faults: [] };
  for (let from = first; from < first + cases; from += CASES_A_PROCESS) {
    const part = await fuzzPart({
      target,
      from,
      cases: Math.min(CASES_A_PROCESS, first + cases - from),
      every: CASES_A_WORD,
    });
    all.refused += part.refused;
    all.slowestMs = Math.max(all.slowestMs, part.slowestMs);
    all.grownBytes = Math.max(all.grownBytes, part.grownBytes);
    all.faults.push(...part.faults);
  }
  return all;
}

function fuzzPart(request: FuzzRequest): Promise<FuzzAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<FuzzAnswer>();
  const child = fork(join(import.meta.dirname, 'fuzz-process.ts'), [], { silent: true, execArgv: [] });
  let at = request.from;
  let said = '';
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    // The measure is the child's own clock; this only ends what never would.
    timer = setTimeout(() => child.kill('SIGKILL'), 150 * MOST_MS);
  };
  child.stderr!.setEncoding('utf8').on('data', (words: string) => (said = (said + words).slice(-1000)));
  child.stdout!.resume();
  child.on('message', (message: number | FuzzAnswer) => {
    if (typeof message !== 'number') return resolve(message);
    at = message;
    wait();
  });
  child.once('exit', (code, signal) => {
    clearTimeout(timer);
    const how = signal === 'SIGKILL' ? 'did not end' : `ended the process (${code ?? signal})`;
    reject(new Error(`One of ${CASES_A_WORD} cases from ${at} of ${request.target} ${how}. ${said}`));
  });
  child.send(request);
  wait();
  return promise;
}
