/**
 * `npm test`: builds, then runs every check and every test, and ends with a line `N passed, N failed` (`, N skipped` when
 * any). Arguments go to vitest: `npm test -- test/unit/shared`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../build/build.ts';
import { checks, runChecks } from '../build/check.ts';
import { root, targets } from '../build/targets.ts';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/** Each check counts as a test. */
async function runAllChecks(tally: Tally): Promise<void> {
  await runChecks(checks, ({ name, passed, output }) => {
    tally[passed ? 'passed' : 'failed'] += 1;
    console.log(`${passed ? ' ✓' : ' ✗'} check ${name}`);
    if (!passed) console.log(output);
  });
}

function runVitest(tally: Tally, filters: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-report-'));
  const report = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...filters], {
      cwd: root,
      stdio: 'inherit',
    });
    const result = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
    tally.passed += result.numPassedTests;
    tally.failed += result.numFailedTests;
    tally.skipped += result.numPendingTests + result.numTodoTests;
    // A file that does not even load has no tests in the report, and errors outside of tests show only in the status.
    const unloaded = result.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    tally.failed += unloaded.length;
    if (status !== 0 && tally.failed === 0) tally.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const filters = process.argv.slice(2);
const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
try {
  await build(targets);
  if (filters.length === 0) await runAllChecks(tally);
  runVitest(tally, filters);
} catch (error) {
  console.error(error);
  tally.failed += 1;
}
const { passed, failed, skipped } = tally;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
