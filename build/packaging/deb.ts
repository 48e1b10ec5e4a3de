/** A Debian package of what was made for Linux, with dpkg-deb alone. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { folderBytes } from './folder-size.ts';
import { root } from '../targets.ts';
import type { PackagePlatform } from './platforms.ts';

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' } as const;
/** What Electron loads of the system; the second names are Debian 13's and Ubuntu 24.04's. */
const DEPENDS = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnotify4',
  'libnss3',
  'libxss1',
  'libxtst6',
  'xdg-utils',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libsecret-1-0',
];

const DESKTOP_ENTRY = `[Desktop Entry]
Name=Unroll
Comment=A workbench for recurrent neural networks
Exec=/opt/Unroll/unroll %F
Terminal=false
Type=Application
Icon=unroll
StartupWMClass=unroll
MimeType=application/x-unroll;
Categories=Education;Science;
`;

const MIME_TYPES = `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-unroll">
    <comment>Unroll run</comment>
    <glob pattern="*.unroll"/>
  </mime-type>
</mime-info>
`;

function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function control(version: string, platform: PackagePlatform, bytes: number): string {
  return [
    'Package: unroll',
    `Version: ${version}`,
    `Architecture: ${ARCHITECTURES[platform.arch]}`,
    'Maintainer: The authors of Unroll <unroll@localhost>',
    `Installed-Size: ${Math.ceil(bytes / 1024)}`,
    `Depends: ${DEPENDS.join(', ')}`,
    'Section: science',
    'Priority: optional',
    'Description: a workbench for recurrent neural networks',
    ' Build, train, keep, compare and export recurrent neural networks, without a network connection.',
    '',
  ].join('\n');
}

/**
 * Makes the .deb of a folder made for Linux: the application in /opt, its command line as `unroll`, an entry in the menu and the
 * type of `.unroll` files. Chromium's sandbox gets the rights it needs where users may not make namespaces.
 */
export function makeDeb(folder: string, output: string, platform: PackagePlatform): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const tree = join(output, `deb-${platform.name}`);
  rmSync(tree, { recursive: true, force: true });
  cpSync(folder, join(tree, 'opt/Unroll'), { recursive: true, verbatimSymlinks: true });
  chmodSync(join(tree, 'opt/Unroll/chrome-sandbox'), 0o4755);
  put(join(tree, 'usr/share/applications/unroll.desktop'), DESKTOP_ENTRY);
  put(join(tree, 'usr/share/mime/packages/unroll.xml'), MIME_TYPES);
  for (const name of readdirSync(join(root, 'build/icons')).filter((file) => file.endsWith('.png'))) {
    const place = join(tree, 'usr/share/icons/hicolor', name.replace('.png', ''), 'apps/unroll.png');
    mkdirSync(dirname(place), { recursive: true });
    cpSync(join(root, 'build/icons', name), place);
  }
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  symlinkSync('/opt/Unroll/resources/unroll', join(tree, 'usr/bin/unroll'));
  put(join(tree, 'DEBIAN/control'), control(version, platform, folderBytes(folder)));
  const file = join(output, `unroll-${version}-linux-${platform.arch}.deb`);
  const made = spawnSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z3', '--build', tree, file], {
    encoding: 'utf8',
  });
  rmSync(tree, { recursive: true, force: true });
  if (made.status !== 0) throw new Error(`dpkg-deb failed. ${made.error?.message ?? made.stderr}`);
  return file;
}
