/**
 * `npm run faults`: the tests of this folder, and the figure each of them found. `--long` does what RELIABILITY.md speaks of;
 * `--seed N` draws the same moments again. Other arguments go to vitest: `npm run faults -- --long kills`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../build/build.ts';
import { root, targets } from '../../build/targets.ts';

interface Figure {
  promise: string;
  figure: string;
}

function readFigures(path: string): Figure[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Figure);
}

function printFigures(figures: readonly Figure[]): void {
  const widest = Math.max(...figures.map(({ promise }) => promise.length));
  for (const { promise, figure } of figures) console.log(`${promise.padEnd(widest)}  ${figure}`);
}

const given = process.argv.slice(2);
const seedAt = given.indexOf('--seed');
const drawn = seedAt < 0 ? {} : { UNROLL_FAULTS_SEED: given[seedAt + 1] };
const filters = given.filter(
  (word, place) => word !== '--long' && (seedAt < 0 || (place !== seedAt && place !== seedAt + 1)),
);
const folder = mkdtempSync(join(tmpdir(), 'unroll-figures-'));
const figures = join(folder, 'figures.jsonl');
try {
  await build(targets);
  const long = given.includes('--long') ? { UNROLL_FAULTS: 'long' } : {};
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const which = filters.length > 0 ? filters.map((name) => `test/faults/${name}`) : ['test/faults'];
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...which], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...long, ...drawn, UNROLL_FAULTS_FIGURES: figures },
  });
  printFigures(readFigures(figures));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
