/** Makes the desktop package of a platform with electron-builder. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Arch, build, Platform, type Configuration } from 'electron-builder';
import { root, targets } from '../targets.ts';
import { collectLicences, licencesText } from './licences.ts';
import { leftOutOfModules } from './modules.ts';
import { installedNode, type PackagePlatform } from './platforms.ts';
import { writeStandIn } from './stand-in.ts';

export interface PackOptions {
  /** The application's folder only, without installers; nothing is downloaded for it. */
  folderOnly: boolean;
  /** Where everything is written. */
  output: string;
  /** `owner/repository` on GitHub whose releases the application may look at for updates, when its user asks. */
  updates?: string | undefined;
}

const ELECTRON_PROGRAMS = { linux: 'electron', win: 'electron.exe', mac: 'Electron.app' } as const;
const SYSTEMS = { linux: Platform.LINUX, win: Platform.WINDOWS, mac: Platform.MAC } as const;

/** Of the checkout; packages of npm are there unless they are left out. */
const FILES = [
  'package.json',
  'LICENSE',
  'db/**',
  ...targets.map(({ folder }) => `dist/${folder}/**`),
  '!dist/*/{.stamp,packages.json}',
  '!dist/**/*.map',
];

/** Electron as downloaded for this machine; null where it was not, or for another platform. */
function downloadedElectron({ system, triple }: PackagePlatform): string | null {
  const folder = join(root, 'node_modules/electron/dist');
  const ours = triple === `${process.platform}-${process.arch}`;
  return ours && existsSync(join(folder, ELECTRON_PROGRAMS[system])) ? folder : null;
}

/** The application's own folder in what was made for a platform. */
export function packagedFolder(output: string, { system, arch }: PackagePlatform): string {
  const suffix = arch === 'x64' ? '' : `-${arch}`;
  return join(output, `${system}${suffix}${system === 'mac' ? '' : '-unpacked'}`);
}

/** What lies beside the asar: for people to read, and for programs that know nothing of Electron. */
function writeExtras(folder: string, platform: PackagePlatform): void {
  writeFileSync(join(folder, 'LICENCES.txt'), licencesText(collectLicences()));
  const launcher = platform.system === 'win' ? 'unroll.cmd' : 'unroll';
  copyFileSync(join(root, 'build/packaging', launcher), join(folder, launcher));
  chmodSync(join(folder, launcher), 0o755);
  // A package for another platform, only for trying, has an empty Node.
  if (installedNode(platform) === null) writeFileSync(join(folder, platform.shippedNode), 'a stand-in');
}

function configuration(platform: PackagePlatform, options: PackOptions, extras: string): Configuration {
  const { folderOnly, output, updates } = options;
  const [owner, repo] = updates?.split('/') ?? [];
  // Installers get Electron from electron-builder itself, which also takes out its example application.
  const electron = folderOnly ? downloadedElectron(platform) : null;
  const standIn = join(output, `stand-in-${platform.name}`);
  const node = installedNode(platform);
  if (node === null && !folderOnly)
    throw new Error(`${platform.nodePackage} is not installed. Make this package on ${platform.name}.`);
  if (electron === null && folderOnly) {
    rmSync(standIn, { recursive: true, force: true });
    writeStandIn(standIn, platform);
  }
  return {
    directories: { output },
    [platform.system]: {
      // All in one list: electron-builder takes a list of what to leave out, alone, for all but that.
      files: [...FILES, ...leftOutOfModules(platform)],
      extraResources: [
        { from: extras, to: '.' },
        ...(node === null ? [] : [{ from: node, to: platform.shippedNode }]),
      ],
      ...(folderOnly && platform.system === 'mac' ? { identity: null } : {}),
    },
    ...(folderOnly ? { electronDist: electron ?? standIn } : {}),
    ...(owner && repo ? { publish: { provider: 'github', owner, repo } } : {}),
    // The program that signs anew what the fuses changed is macOS's own.
    ...(process.platform === 'darwin' ? {} : { electronFuses: { resetAdHocDarwinSignature: false } }),
  };
}

/** Makes a platform's package from what is built below `dist/`. Answers with the files made; none of a folder alone. */
export async function pack(platform: PackagePlatform, options: PackOptions): Promise<string[]> {
  const extras = join(options.output, `extras-${platform.name}`);
  rmSync(extras, { recursive: true, force: true });
  mkdirSync(extras, { recursive: true });
  writeExtras(extras, platform);
  const kinds = options.folderOnly ? 'dir' : null;
  try {
    return await build({
      projectDir: root,
      publish: 'never',
      targets: SYSTEMS[platform.system].createTarget(kinds, platform.arch === 'x64' ? Arch.x64 : Arch.arm64),
      config: configuration(platform, options, extras),
    });
  } finally {
    rmSync(extras, { recursive: true, force: true });
    rmSync(join(options.output, `stand-in-${platform.name}`), { recursive: true, force: true });
  }
}
