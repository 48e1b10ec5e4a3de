/** The npm packages that go along as they are, because no bundle can hold them, and the files of theirs that a platform needs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXTERNAL, root } from '../targets.ts';
import type { PackagePlatform } from './platforms.ts';

/** Electron is the package's own program; Vite is for those who build. */
const NOT_SHIPPED = ['electron', 'vite'];
/** Only for compiling native code, which nobody does at the user's. */
const NOT_NEEDED_TO_RUN = ['node-addon-api'];

interface Manifest {
  dependencies?: Readonly<Record<string, string>>;
}

/** The packages and all that they need, by name; the names of `node_modules` itself, since npm keeps one version there. */
export function shippedModules(): string[] {
  const found = new Set<string>();
  const add = (name: string) => {
    if (found.has(name) || NOT_NEEDED_TO_RUN.includes(name)) return;
    found.add(name);
    const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
    const own = join(root, 'node_modules', name, 'node_modules');
    for (const needed of Object.keys((JSON.parse(manifest) as Manifest).dependencies ?? {}))
      // What a package has for itself goes along with it.
      if (!existsSync(join(own, needed))) add(needed);
  };
  for (const name of EXTERNAL) if (!NOT_SHIPPED.includes(name)) add(name);
  return [...found].sort();
}

/**
 * What is left out of the package, as electron-builder's patterns. It takes patterns of `node_modules` only as what to leave
 * out, so all native files but the platform's own are named so.
 */
export function leftOutOfModules({ triple }: PackagePlatform): string[] {
  const names = shippedModules();
  const scopes = [
    ...new Set(names.filter((name) => name.startsWith('@')).map((name) => name.split('/')[0]!)),
  ];
  const plain = [...names.filter((name) => !name.startsWith('@')), ...scopes];
  const system = triple.split('-')[0]!;
  return [
    `!node_modules/!(${plain.join('|')}){,/**}`,
    ...scopes.map((scope) => {
      const kept = names.filter((name) => name.startsWith(`${scope}/`)).map((name) => name.split('/')[1]!);
      return `!node_modules/${scope}/!(${kept.join('|')}){,/**}`;
    }),
    '!node_modules/better-sqlite3/{deps,src,binding.gyp}{,/**}',
    `!node_modules/better-sqlite3/prebuilds/!(${triple}).node`,
    '!node_modules/h5wasm/{src,test}{,/**}',
    '!node_modules/h5wasm/dist/!(esm){,/**}',
    '!node_modules/webgpu/build{,/**}',
    `!node_modules/webgpu/dist/!(${triple}|${system}-universal){,/**}`,
    '!node_modules/**/{test,tests,docs,benchmarks,examples,.github}{,/**}',
    '!node_modules/**/*.map',
  ];
}
