/** `npm run unroll`: builds what the command line needs if it is stale, then runs it in this same process. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isStale } from './stale.ts';
import { root, targets } from './targets.ts';

const needed = targets.filter(({ name }) => ['main', 'training', 'reload'].includes(name));
if (needed.some(isStale)) {
  const { build } = await import('./build.ts');
  await build(needed);
}
// `serve` shows the renderer; other commands do not wait for it.
if (process.argv.includes('serve')) {
  const { build } = await import('./build.ts');
  await build(targets.filter(({ name }) => name === 'renderer'));
}
await import(pathToFileURL(join(root, 'dist/main/cli.js')).href);
