/** Uses a package as it lies there: its command line, its Node, its database module, its child, its readers and writers of files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PackagePlatform } from './platforms.ts';

const EXAMPLES = 320;
const BATCH_SIZE = 32;
/** Each is read back by other software that the package brings. */
const FORMATS = [
  ['keras', '.keras'],
  ['onnx', '.onnx'],
  ['tfjs', ''],
] as const;

/** What is found by using the package. */
export interface Use {
  trained: string;
  exported: string;
  engines: string;
}

interface Line {
  event?: string;
  epoch?: number;
  loss?: number;
  weightsSha256?: string;
  verified?: boolean;
  name?: string;
  available?: boolean;
  detail?: string;
}

type Unroll = (...commandLine: string[]) => Line[];

/** Nothing of this machine's own Node or of the checkout is in reach. */
function commandLineOf(resources: string, { system }: PackagePlatform, folder: string): Unroll {
  const program = join(resources, system === 'win' ? 'unroll.cmd' : 'unroll');
  const env = {
    PATH: process.platform === 'win32' ? (process.env.PATH ?? '') : '/usr/bin:/bin',
    HOME: folder,
  };
  return (...commandLine) => {
    const { status, stdout, stderr } = spawnSync(
      program,
      ['--workspace', join(folder, 'workspace'), '--json', ...commandLine],
      { cwd: folder, encoding: 'utf8', shell: system === 'win', env },
    );
    if (status !== 0) throw new Error(`The package fails at ${commandLine.join(' ')}. ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  };
}

/** Ten batches of a generated task. */
function trainTenBatches(unroll: Unroll): string {
  // Of both splits, of which the training split is a half.
  unroll('data', 'generate', 'recall', '--examples', String(2 * EXAMPLES), '--length', '20');
  const events = unroll(
    ...['train', '--model', 'lecture-lstm', '--data', 'recall', '--epochs', '1', '--maxlen', '20'],
    ...['--limit', String(EXAMPLES), '--batch-size', String(BATCH_SIZE), '--validation-split', '0'],
    ...['--name', 'trained'],
  );
  const { loss } = events.find(({ event }) => event === 'epoch') ?? {};
  const { weightsSha256 } = events.find(({ event }) => event === 'done') ?? {};
  if (loss === undefined || weightsSha256 === undefined)
    throw new Error(`The package's training ended without a result: ${JSON.stringify(events)}.`);
  return `${EXAMPLES / BATCH_SIZE} batches, loss ${loss.toFixed(4)}, weights ${weightsSha256.slice(0, 12)}…`;
}

function exportAndImport(unroll: Unroll, folder: string): string {
  for (const [format, ending] of FORMATS) {
    const [exported] = unroll(
      'export',
      'trained',
      '--format',
      format,
      '--out',
      join(folder, format + ending),
    );
    if (exported?.verified !== true) throw new Error(`The package's export as ${format} was not verified.`);
  }
  unroll('models', 'import', join(folder, 'keras.keras'), '--name', 'imported');
  return `${FORMATS.map(([format]) => format).join(', ')}, each read back; Keras's file imported`;
}

/** Each engine loads what it is made of before it says whether this machine has what it needs. */
function lookForEngines(unroll: Unroll): string {
  const found = unroll('engines');
  const missing = found.find(({ detail }) => /cannot (?:find|load)|not found|module/i.test(detail ?? ''));
  if (missing) throw new Error(`The package lacks parts of the engine ${missing.name}: ${missing.detail}.`);
  if (!found.some(({ name, available }) => name === 'simd' && available))
    throw new Error('The package’s own engine does not run.');
  return found.map(({ name, available, detail }) => `${name} (${available ? 'runs' : detail})`).join(', ');
}

/** @throws Error with what the package said where it fails */
export function usePackage(resources: string, platform: PackagePlatform): Use {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-package-'));
  const unroll = commandLineOf(resources, platform, folder);
  try {
    return {
      trained: trainTenBatches(unroll),
      exported: exportAndImport(unroll, folder),
      engines: lookForEngines(unroll),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
