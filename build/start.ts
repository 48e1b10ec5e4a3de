/** `npm start`: builds what is stale, then opens the workbench in Electron where that can run, else serves it to a browser. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.ts';
import { root, targets } from './targets.ts';

/** Electron's executable, if it was downloaded; asking the package itself would start the download. */
function electronBinary(): string | null {
  const folder = join(root, 'node_modules/electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

await build(targets);
const electron = hasDisplay() ? electronBinary() : null;
if (electron) {
  const child = spawn(electron, [root, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, UNROLL_NODE: process.execPath },
  });
  child.on('exit', (code) => process.exit(code ?? 1));
} else {
  process.argv.splice(2, 0, 'serve', '--open');
  await import(pathToFileURL(join(root, 'dist/main/cli.js')).href);
}
