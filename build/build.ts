/**
 * Builds what is stale below `dist/`: `node build/build.ts [--force] [target…]`. A target is built beside its old result
 * and then put in its place, so that a program running from there never sees half a build.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { isStale, stampOf } from './stale.ts';
import { root, targets, type Target } from './targets.ts';

async function buildTarget(target: Target): Promise<void> {
  const { build } = await import('vite');
  const started = performance.now();
  const stamp = stampOf(target);
  const entries = target.entries();
  const place = join(root, 'dist', target.folder);
  const fresh = `${place}.${process.pid}.new`;
  const config = target.config(entries);
  await forUsers(() =>
    build({
      logLevel: 'warn',
      ...config,
      build: { ...config.build, outDir: fresh, emptyOutDir: true },
    }),
  );
  writeFileSync(join(fresh, '.stamp'), stamp);
  replaceFolder(place, fresh);
  process.stderr.write(`Built ${target.name} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Runs a build as it is for users, also from within a test, whose environment would have Svelte check itself at every step. */
async function forUsers(run: () => Promise<unknown>): Promise<void> {
  const { NODE_ENV: environment } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await run();
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
}

function replaceFolder(place: string, fresh: string): void {
  const old = `${place}.${process.pid}.old`;
  try {
    renameSync(place, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  renameSync(fresh, place);
  rmSync(old, { recursive: true, force: true });
}

/** Builds the targets given that are stale (all of them with `force`), one after another: two would compete for the cores. */
export async function build(chosen: readonly Target[], force = false): Promise<void> {
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (const target of chosen) {
    if (Object.keys(target.entries()).length === 0 || !(force || isStale(target))) continue;
    try {
      await buildTarget(target);
    } catch (error) {
      const reason = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
      process.stderr.write(`Building ${target.name} failed. ${reason}\n`);
      process.exit(1);
    }
  }
}

if (import.meta.main) {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const unknown = names.find((name) => !targets.some((target) => target.name === name));
  if (unknown) {
    process.stderr.write(
      `There is no target ${unknown}; there are ${targets.map(({ name }) => name).join(', ')}.\n`,
    );
    process.exit(2);
  }
  const chosen = names.length > 0 ? targets.filter(({ name }) => names.includes(name)) : targets;
  await build(chosen, process.argv.includes('--force'));
}
