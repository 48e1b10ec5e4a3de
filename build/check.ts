/**
 * `npm run check [name…]`: types, lint, boundaries, dead code and format of the project in the current folder. Says
 * nothing but a line for what passes; prints all there is to read about what fails.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const bin = (name: string) =>
  join(process.cwd(), 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name);

interface Check {
  name: string;
  command: string;
  arguments: string[];
}

export const checks: readonly Check[] = [
  { name: 'types', command: 'tsc', arguments: ['-p', '.'] },
  {
    name: 'renderer',
    command: 'svelte-check',
    arguments: ['--tsconfig', 'src/renderer/tsconfig.json', '--threshold', 'warning', '--output', 'human'],
  },
  { name: 'lint', command: 'eslint', arguments: ['--max-warnings', '0', '.'] },
  {
    name: 'boundaries',
    command: 'depcruise',
    arguments: ['--config', '.dependency-cruiser.js', '--output-type', 'err-long', 'src', 'build', 'test'],
  },
  { name: 'dead-code', command: 'knip', arguments: ['--no-progress'] },
  { name: 'format', command: 'prettier', arguments: ['--check', '--log-level', 'warn', '.'] },
];

interface Outcome {
  name: string;
  passed: boolean;
  seconds: number;
  output: string;
}

function runCheck(check: Check): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(bin(check.command), check.arguments, { shell: process.platform === 'win32' });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
    const end = (passed: boolean) =>
      resolve({ name: check.name, passed, seconds: (performance.now() - started) / 1000, output });
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** Runs the checks, two at a time, the slow ones first as they are listed. */
export async function runChecks(chosen: readonly Check[], report: (outcome: Outcome) => void): Promise<void> {
  const waiting = [...chosen];
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) report(await runCheck(check));
  };
  await Promise.all([worker(), worker()]);
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  const chosen = names.length > 0 ? checks.filter(({ name }) => names.includes(name)) : checks;
  await runChecks(chosen, ({ name, passed, seconds, output }) => {
    console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
    if (!passed) {
      console.log(output);
      process.exitCode = 1;
    }
  });
}
