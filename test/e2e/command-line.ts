/** Runs the command line as users do: `build/unroll.ts` in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  process: ChildProcess;
  /** Resolves when standard output or error holds the text. */
  says(text: string): Promise<void>;
  ended: Promise<Outcome>;
}

export function start(commandLine: readonly string[], input = ''): Running {
  const child = spawn(process.execPath, [join(root, 'build/unroll.ts'), ...commandLine], { cwd: root });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => resolve({ ...outcome, code }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if ((outcome.stdout + outcome.stderr).includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void ended.then(() =>
        reject(new Error(`It ended without saying ${text}: ${outcome.stdout}${outcome.stderr}`)),
      );
    });
  return { process: child, says, ended };
}

export function run(commandLine: readonly string[], input?: string): Promise<Outcome> {
  return start(commandLine, input).ended;
}

/** The objects of a `--json` command, one a line. */
export function objects({ stdout }: Outcome): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
