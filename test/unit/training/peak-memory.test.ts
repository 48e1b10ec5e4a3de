/** The most memory a process took is its own, not what the one that started it had taken before. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { peakBytes } from '../../../src/training/peak-memory.ts';

const measured = new URL('../../../src/training/peak-memory.ts', import.meta.url).href;

test('a small process started by a large one is small', () => {
  const held = Buffer.alloc(400 * 2 ** 20, 1);
  expect(peakBytes()).toBeGreaterThan(held.length);
  const script = `import { peakBytes } from '${measured}'; console.log(peakBytes());`;
  const child = Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  );
  expect(child).toBeGreaterThan(10 * 2 ** 20);
  expect(child).toBeLessThan(300 * 2 ** 20);
  expect(held[0]).toBe(1);
});
