/**
 * Where the application's own files lie: the nearest folder above this one that holds both `package.json` and `db/`.
 * That is the checkout when running from sources or from `dist/`, and the app's folder (or its asar) when packaged.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnrollError } from '../shared/errors.ts';

/** True when Node runs the TypeScript sources themselves rather than a built bundle. */
export const runsFromSources = import.meta.url.endsWith('.ts');

function findPackageRoot(): string {
  let folder = import.meta.dirname;
  while (!(existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'db')))) {
    const above = dirname(folder);
    if (above === folder)
      throw new UnrollError('internal', { reason: 'its own files (package.json, db) are missing.' });
    folder = above;
  }
  return folder;
}

export const packageRoot = findPackageRoot();

/** True in the installed application, where there is no npm and no checkout. */
export const isPackaged = /\bapp\.asar(?:\.unpacked)?$/.test(packageRoot);

/** A file of the package as a program outside Electron can read it: what is unpacked from the asar has its own folder. */
export function unpackedPath(...parts: string[]): string {
  return join(packageRoot, ...parts).replace(/\bapp\.asar(?=[\\/])/, 'app.asar.unpacked');
}
