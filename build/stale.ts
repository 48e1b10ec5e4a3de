/** Whether a target must be built again: a stamp over its inputs' paths, sizes and times, compared with the last build's. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Target } from './targets.ts';

/** These decide how everything is built. */
const COMMON_INPUTS = ['build/targets.ts', 'build/build.ts', 'package-lock.json'];

function describe(path: string, lines: string[]): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isDirectory()) lines.push(`${path} ${stat.size} ${stat.mtimeMs}`);
  else for (const name of readdirSync(path).sort()) describe(join(path, name), lines);
}

export function stampOf(target: Target): string {
  const lines: string[] = [];
  for (const input of [...COMMON_INPUTS, ...target.inputs]) describe(join(root, input), lines);
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

export function stampPath(target: Target): string {
  return join(root, 'dist', target.folder, '.stamp');
}

export function isStale(target: Target): boolean {
  const path = stampPath(target);
  return !existsSync(path) || readFileSync(path, 'utf8') !== stampOf(target);
}
