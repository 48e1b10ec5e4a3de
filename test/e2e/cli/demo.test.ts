/** `npm run demo` as it is, since it is what everybody runs first: what it shows must be there to see. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { objects, run } from '../command-line.ts';

test('the demo shows an LSTM that remembers and a SimpleRNN that does not, and says where it is kept', async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'unroll-demo-'));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  const outcome = await run(['--workspace', workspace, '--json', 'demo']);
  expect(outcome.code).toBe(0);
  const comparison = objects(outcome).at(-1) as {
    metrics: { name: string; best: number[]; last: number[] }[];
    controlled: boolean;
  };
  const { best, last } = comparison.metrics.find(({ name }) => name === 'val_acc')!;
  expect(best[0]).toBeLessThan(0.6);
  expect(last[1]).toBeGreaterThan(0.99);
  expect(comparison.controlled).toBe(true);
  expect(outcome.stderr).toContain(`kept in the workspace ${workspace}. Look at them with: npm run`);
});
