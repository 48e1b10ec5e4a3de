/** Runs a program of the user's to its end, or until it is cancelled, and keeps the end of what it says. */
import { spawn } from 'node:child_process';

export interface ProgramResult {
  /** Null where a signal ended it; 127 where there is no such program. */
  code: number | null;
  output: string;
  errors: string;
}

export interface ProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

const KEPT = 8000;
export const NOT_FOUND = 127;

/** @throws what the signal was aborted with, once the program is gone */
export async function runProgram(
  name: string,
  parameters: readonly string[],
  { cwd, env, signal }: ProgramOptions = {},
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  // In a group of its own, so that what it starts ends with it.
  const child = spawn(name, parameters, {
    cwd,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.output = (said.output + text).slice(-KEPT);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.errors = (said.errors + text).slice(-KEPT);
  });
  const end = () => {
    if (child.pid !== undefined) endGroup(child.pid);
  };
  signal?.addEventListener('abort', end);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('error', (error) => {
    said.errors += error.message;
    resolve(NOT_FOUND);
  });
  child.once('close', (code) => resolve(code));
  const code = await promise;
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  return { code, ...said };
}

/** Ends a program with what it started, as far as they are still there. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The last line a program wrote, for an error. */
export const lastLine = ({ code, output, errors }: ProgramResult): string =>
  `${output}\n${errors}`.trim().split('\n').at(-1)?.trim() ||
  (code === null ? 'its process was ended by the system' : 'it said nothing');
