/**
 * A folder shaped as Electron's own for a platform, for trying the packaging where Electron's cannot be had: every file the
 * packager moves, edits or needs is there, with the fuses as Electron ships them. It cannot be run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import type { PackagePlatform } from './platforms.ts';

const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As released: RunAsNode, NODE_OPTIONS, --inspect and privileges of file: on, the rest off. */
const RELEASED_FUSES = '10110001';
const FUSES = Buffer.concat([
  Buffer.from(FUSE_SENTINEL),
  Buffer.from([1, RELEASED_FUSES.length]),
  Buffer.from(RELEASED_FUSES),
]);

const RESOURCES = [
  'chrome_100_percent.pak',
  'icudtl.dat',
  'LICENSE',
  'LICENSES.chromium.html',
  'locales/en-US.pak',
  'resources.pak',
  'snapshot_blob.bin',
  'v8_context_snapshot.bin',
  'version',
];
const HELPERS = ['', ' (GPU)', ' (Plugin)', ' (Renderer)'];

function put(path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode });
}

/** The smallest program file Windows' resources can be written to. */
function windowsProgram(): Uint8Array {
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const version = Resource.VersionInfo.createEmpty();
  version.setFileVersion(1, 0, 0, 0, 1033);
  version.setStringValues({ lang: 1033, codepage: 1200 }, { ProductName: 'Electron' });
  version.outputToResourceEntries(resources.entries);
  // Among the resources, so that it survives their being written anew.
  resources.entries.push({ type: 10, id: 1, lang: 1033, codepage: 1200, bin: new Uint8Array(FUSES).buffer });
  resources.outputResource(program);
  return new Uint8Array(program.generate());
}

function propertyList(entries: Readonly<Record<string, string>>): string {
  const lines = Object.entries(entries).map(
    ([key, value]) => `  <key>${key}</key>\n  <string>${value}</string>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...lines,
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

function macApplication(folder: string): void {
  const contents = join(folder, 'Electron.app/Contents');
  const bundle = (place: string, name: string) => {
    put(join(place, 'MacOS', name), 'a stand-in', 0o755);
    put(join(place, 'Info.plist'), propertyList({ CFBundleExecutable: name, CFBundleName: name }));
  };
  bundle(contents, 'Electron');
  for (const suffix of HELPERS) {
    const name = `Electron Helper${suffix}`;
    bundle(join(contents, 'Frameworks', `${name}.app`, 'Contents'), name);
  }
  put(join(contents, 'Frameworks/Electron Framework.framework/Electron Framework'), FUSES, 0o755);
  put(join(contents, 'Resources/en.lproj/locale.pak'), 'a stand-in');
  put(join(contents, 'Resources/electron.icns'), 'a stand-in');
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version']) put(join(folder, name), 'a stand-in');
}

/** Writes the stand-in for a platform into an empty folder. */
export function writeStandIn(folder: string, { system }: Pick<PackagePlatform, 'system'>): void {
  if (system === 'mac') return macApplication(folder);
  for (const name of RESOURCES) put(join(folder, name), 'a stand-in');
  mkdirSync(join(folder, 'resources'), { recursive: true });
  if (system === 'win') put(join(folder, 'electron.exe'), windowsProgram(), 0o755);
  else {
    put(join(folder, 'electron'), Buffer.concat([Buffer.from('a stand-in\n'), FUSES]), 0o755);
    put(join(folder, 'chrome-sandbox'), 'a stand-in', 0o755);
  }
}
