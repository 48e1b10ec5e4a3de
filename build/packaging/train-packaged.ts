/** Trains with a package as it lies there: its command line, its Node, its database module, its child. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PackagePlatform } from './platforms.ts';

const EXAMPLES = 320;
const BATCH_SIZE = 32;

interface Event {
  event: string;
  epoch?: number;
  loss?: number;
  weightsSha256?: string;
}

/** Ten batches of a generated task in a workspace of its own. @throws Error with what the package said where it fails */
export function trainTenBatches(resources: string, { system }: PackagePlatform): string {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-package-'));
  const unroll = (...commandLine: string[]): Event[] => {
    const program = join(resources, system === 'win' ? 'unroll.cmd' : 'unroll');
    const { status, stdout, stderr } = spawnSync(
      program,
      ['--workspace', join(folder, 'workspace'), '--json', ...commandLine],
      // Nothing of this machine's own Node or of the checkout is in reach.
      { cwd: folder, encoding: 'utf8', shell: system === 'win', env: { PATH: systemPath() } },
    );
    if (status !== 0) throw new Error(`The package does not train. ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
  };
  try {
    // Of both splits, of which the training split is a half.
    unroll('data', 'generate', 'recall', '--examples', String(2 * EXAMPLES), '--length', '20');
    const events = unroll(
      ...['train', '--model', 'lecture-lstm', '--data', 'recall', '--epochs', '1', '--maxlen', '20'],
      ...['--limit', String(EXAMPLES), '--batch-size', String(BATCH_SIZE), '--validation-split', '0'],
    );
    const { loss } = events.find(({ event }) => event === 'epoch') ?? {};
    const { weightsSha256 } = events.find(({ event }) => event === 'done') ?? {};
    if (loss === undefined || weightsSha256 === undefined)
      throw new Error(`The package's training ended without a result: ${JSON.stringify(events)}.`);
    return `${EXAMPLES / BATCH_SIZE} batches, loss ${loss.toFixed(4)}, weights ${weightsSha256.slice(0, 12)}…`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function systemPath(): string {
  return process.platform === 'win32' ? (process.env.PATH ?? '') : '/usr/bin:/bin';
}
