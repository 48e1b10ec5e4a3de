/** The licences of everything a package holds, in one file: what is in the bundles, what goes along beside them, and Node. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, targets } from '../targets.ts';
import { shippedModules } from './modules.ts';
import { installedNode, packagePlatform, PLATFORMS } from './platforms.ts';

interface Manifest {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
  homepage?: string;
  main?: string;
}

interface Licence {
  manifest: Manifest;
  /** Who holds the copyright, as the package's own files say; else its author. */
  copyright: string;
  /** The licence and the notices that belong to it, as the package has them. */
  texts: string[];
}

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice|third[-_]?party)[^/]*$/i;

/** Folders of the packages in the bundles, as the build wrote them down. */
function bundledFolders(): string[] {
  return targets.flatMap(({ folder }) => {
    const path = join(root, 'dist', folder, 'packages.json');
    return JSON.parse(readFileSync(path, 'utf8')) as string[];
  });
}

function licenceOf(folder: string): Licence {
  const place = join(root, folder);
  const manifest = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as Manifest;
  const files = readdirSync(place, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && LICENCE_FILE.test(entry.name),
  );
  const texts = files.map(({ name }) => readFileSync(join(place, name), 'utf8').trim());
  return { manifest, copyright: copyrightIn(place, manifest), texts };
}

/** `Copyright (c) Microsoft Corporation. All rights reserved.`, from the first comment of the file that is loaded that has one. */
function copyrightIn(place: string, manifest: Manifest): string {
  const { main = 'index.js', author } = manifest;
  const path = ['', '.js'].map((ending) => join(place, main + ending)).find((file) => existsSync(file));
  const found =
    path && /Copyright (?:\(c\)|©|\d{4})[^\n*]*/i.exec(readFileSync(path, 'utf8').slice(0, 1 << 16));
  return found
    ? found[0].trim()
    : `Copyright ${(typeof author === 'string' ? author : author?.name) ?? 'its authors'}.`;
}

/** Node's licence is the same for all platforms; the package of this one is there. */
function nodePackage(): string {
  const installed = PLATFORMS.map(packagePlatform).find((platform) => installedNode(platform) !== null);
  if (!installed) throw new Error('No package with Node is installed. Run npm ci.');
  return installed.nodePackage;
}

/** @throws Error where a package says nothing about its licence: it must not be shipped */
export function collectLicences(): Licence[] {
  const folders = new Set([
    ...bundledFolders(),
    ...[...shippedModules(), nodePackage()].map((name) => `node_modules/${name}`),
  ]);
  const licences = [...folders].sort().map(licenceOf);
  const silent = licences.filter(({ manifest, texts }) => texts.length === 0 && !manifest.license);
  if (silent.length > 0)
    throw new Error(`Without a licence: ${silent.map(({ manifest }) => manifest.name).join(', ')}.`);
  return licences;
}

const MIT = readFileSync(join(import.meta.dirname, 'mit-licence.txt'), 'utf8').trim();

/** For a package that names its licence and brings no text: the text itself, or whose text of the same licence stands here. */
function borrowedText({ manifest, copyright }: Licence, licences: readonly Licence[]): string {
  if (manifest.license === 'MIT') return `MIT License\n\n${copyright}\n\n${MIT}`;
  const named = (manifest.license ?? '').split(' ')[0];
  const other = licences.find(({ manifest: { license }, texts }) => texts.length > 0 && license === named);
  const where = other ? ` Its words are those of ${other.manifest.name}’s, in this file.` : '';
  return `${copyright}\n\nThe package brings no text of the licence.${where}`;
}

export function licencesText(licences: readonly Licence[]): string {
  const line = '-'.repeat(80);
  const parts = licences.map((licence) => {
    const { manifest, texts } = licence;
    const { name, version, license = 'see below', homepage } = manifest;
    const head = [`${name} ${version}`, `Licence: ${license}`, ...(homepage ? [homepage] : [])].join('\n');
    const body = texts.length > 0 ? texts.join('\n\n') : borrowedText(licence, licences);
    return `${line}\n${head}\n\n${body}\n`;
  });
  return [
    'Unroll contains the following packages. Electron’s licence and Chromium’s are in files of their own beside Electron.\n',
    ...parts,
  ].join('\n');
}
