/**
 * Opens a package that was made and holds it to what it must contain: the fuses, the asar with the hash Electron checks it by,
 * the platform's native files and no others, licences; and where it is made for this machine, it trains ten batches, exports and imports.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { extractFile, getRawHeader, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { NtExecutable, NtExecutableResource } from 'resedit';
import { folderBytes } from './folder-size.ts';
import { hostPlatform, installedNode, type PackagePlatform } from './platforms.ts';
import { usePackage } from './use-packaged.ts';

export interface Finding {
  what: string;
  found: string;
}

/** Of an installer, and of what lies unpacked beside Electron, which has 200 MB and more itself and a third of it in an installer. */
const LARGEST_BYTES = 250e6;
const ON = '1'.charCodeAt(0);
const OFF = '0'.charCodeAt(0);
const FUSES: Readonly<Record<number, number>> = {
  [FuseV1Options.RunAsNode]: OFF,
  [FuseV1Options.EnableCookieEncryption]: ON,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: OFF,
  [FuseV1Options.EnableNodeCliInspectArguments]: OFF,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: ON,
  [FuseV1Options.OnlyLoadAppFromAsar]: ON,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: OFF,
};
/** Without any of these the application does not start, or not offline. */
const NEEDED = [
  'package.json',
  'LICENSE',
  'dist/electron/main.js',
  'dist/preload/preload.cjs',
  'dist/renderer/index.html',
];
const NEEDED_UNPACKED = [
  'package.json',
  'db/0001-workspace.sql',
  'dist/main/cli.js',
  'dist/training/child.js',
  'dist/training/worker.js',
  'dist/reload/onnx.js',
  'dist/reload/ort-wasm-simd-threaded.wasm',
];
const NATIVE = /\.(?:node|dll|so|dylib)$/;

function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new Error(`The package is not whole: ${problem}.`);
}

/** Where the parts of the package lie, which macOS has in a bundle. */
function places(folder: string, { system }: PackagePlatform) {
  const bundle = join(folder, 'Unroll.app');
  const program = { linux: join(folder, 'unroll'), win: join(folder, 'Unroll.exe'), mac: bundle }[system];
  const resources = system === 'mac' ? join(bundle, 'Contents/Resources') : join(folder, 'resources');
  return {
    program,
    resources,
    asar: join(resources, 'app.asar'),
    unpacked: join(resources, 'app.asar.unpacked'),
  };
}

async function checkFuses(program: string): Promise<string> {
  const wire = (await getCurrentFuseWire(program)) as unknown as Readonly<Record<number, number>>;
  for (const [fuse, state] of Object.entries(FUSES)) {
    const name = FuseV1Options[Number(fuse)];
    demand(wire[Number(fuse)] === state, `the fuse ${name} is not ${state === ON ? 'on' : 'off'}`);
  }
  return `${Object.keys(FUSES).length} as they must be`;
}

function checkContents(asar: string, unpacked: string): string {
  const inside = new Set(
    listPackage(asar, { isPack: false }).map((path) => path.split(sep).slice(1).join('/')),
  );
  for (const path of NEEDED) demand(inside.has(path), `${path} is not in the asar`);
  for (const path of NEEDED_UNPACKED)
    demand(existsSync(join(unpacked, path)), `${path} is not beside the asar`);
  const strange = [...inside].find((path) =>
    /\.(?:map|svelte)$|^(?:src|test|bench|build)(?:\/|$)/.test(path),
  );
  demand(strange === undefined, `${strange} does not belong into it`);
  const page = extractFile(asar, 'dist/renderer/index.html').toString();
  demand(
    !/https?:\/\//.test(page.replaceAll('http://www.w3.org/', '')),
    'its page asks for something of a network',
  );
  return `${inside.size} entries`;
}

/** What Electron compares at start, where it does: macOS reads it from the bundle's list, Windows from the program's resources. */
function recordedIntegrity(folder: string, { system }: PackagePlatform, program: string): string | null {
  if (system === 'mac')
    return (
      readFileSync(join(folder, 'Unroll.app/Contents/Info.plist'), 'utf8').match(/[0-9a-f]{64}/)?.[0] ?? ''
    );
  if (system === 'linux') return null;
  const { entries } = NtExecutableResource.from(NtExecutable.from(readFileSync(program)));
  const entry = entries.find(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR');
  demand(entry !== undefined, 'the program does not know its asar’s hash');
  return (JSON.parse(Buffer.from(entry.bin).toString()) as { value: string }[])[0]?.value ?? '';
}

/** The header holds the hash of every file's every block; the hash of the header is the one that is kept elsewhere. */
function checkIntegrity(asar: string, recorded: string | null): string {
  const { headerString, header } = getRawHeader(asar);
  const hash = createHash('sha256').update(headerString).digest('hex');
  demand(recorded === null || recorded === hash, 'the hash recorded for its asar is another');
  let files = 0;
  const visit = (entries: Readonly<Record<string, unknown>>, path: string) => {
    for (const [name, value] of Object.entries(entries)) {
      const entry = value as {
        files?: Record<string, unknown>;
        integrity?: { hash: string };
        unpacked?: boolean;
      };
      const place = path === '' ? name : join(path, name);
      if (entry.files) visit(entry.files, place);
      else if (!entry.unpacked) {
        const found = createHash('sha256').update(extractFile(asar, place)).digest('hex');
        demand(entry.integrity?.hash === found, `${place} is not what its hash says`);
        files += 1;
      }
    }
  };
  visit(header.files, '');
  return `${hash.slice(0, 12)}… over ${files} files${recorded === null ? '' : ', as recorded in the program'}`;
}

/** The native files that belong to a platform, by their paths beside the asar. */
function expectedNative({ triple, system }: PackagePlatform, unpacked: string): string[] {
  const files = [`node_modules/better-sqlite3/prebuilds/${triple}.node`];
  if (existsSync(join(unpacked, 'node_modules/webgpu'))) {
    const folder = `node_modules/webgpu/dist/${system === 'mac' ? 'darwin-universal' : triple}`;
    files.push(`${folder}/dawn.node`);
    if (system === 'win') files.push(`${folder}/d3dcompiler_47.dll`, `${folder}/dxcompiler.dll`);
  }
  return files.sort();
}

function checkNative(platform: PackagePlatform, unpacked: string): string {
  const found = readdirSync(unpacked, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => NATIVE.test(path))
    .sort();
  const expected = expectedNative(platform, unpacked);
  demand(
    found.join() === expected.join(),
    `its native files are ${found.join(', ') || 'none'}, and should be ${expected.join(', ')}`,
  );
  return found.map((path) => `${basename(path)} of ${path.split('/')[1]}`).join(', ');
}

function checkExtras(resources: string, platform: PackagePlatform): string {
  const licences = readFileSync(join(resources, 'LICENCES.txt'), 'utf8');
  for (const name of ['better-sqlite3', 'svelte', '@tensorflow/tfjs-core', 'onnxruntime-web', 'katex'])
    demand(licences.includes(`\n${name} `), `the licence of ${name} is missing`);
  demand(
    licences.includes('Copyright (c) Microsoft Corporation'),
    'the copyright of ONNX Runtime is missing',
  );
  const node = join(resources, platform.shippedNode);
  const own = installedNode(platform);
  demand(statSync(node).size === (own === null ? 10 : statSync(own).size), 'its Node is another');
  demand(
    existsSync(join(resources, platform.system === 'win' ? 'unroll.cmd' : 'unroll')),
    'its command line is missing',
  );
  return `${licences.split('\nLicence: ').length - 1} licences, ${platform.shippedNode}, command line`;
}

/** Holds the installers that were made to their size. */
export function checkSizes(files: readonly string[]): Finding[] {
  return files.map((file) => {
    const { size } = statSync(file);
    demand(size < LARGEST_BYTES, `${basename(file)} takes ${(size / 1e6).toFixed(0)} MB`);
    return { what: basename(file), found: `${(size / 1e6).toFixed(0)} MB` };
  });
}

/** What the system shows Unroll for: files of runs, and on macOS those of Keras that are dropped on it. */
function checkAssociations(folder: string, { system }: PackagePlatform): string | null {
  if (system !== 'mac') return null;
  const list = readFileSync(join(folder, 'Unroll.app/Contents/Info.plist'), 'utf8');
  for (const ending of ['unroll', 'keras'])
    demand(list.includes(`<string>${ending}</string>`), `it does not open files ending in .${ending}`);
  return '.unroll, .keras';
}

/** @throws Error that says what is missing or wrong; else answers with what was found. */
export async function checkPackage(folder: string, platform: PackagePlatform): Promise<Finding[]> {
  const { program, resources, asar, unpacked } = places(folder, platform);
  const bytes = folderBytes(resources);
  demand(bytes < LARGEST_BYTES, `its resources take ${(bytes / 1e6).toFixed(0)} MB`);
  const findings = [
    { what: 'fuses', found: await checkFuses(program) },
    { what: 'asar', found: checkContents(asar, unpacked) },
    { what: 'integrity', found: checkIntegrity(asar, recordedIntegrity(folder, platform, program)) },
    { what: 'native files', found: checkNative(platform, unpacked) },
    { what: 'beside it', found: checkExtras(resources, platform) },
    { what: 'size without Electron', found: `${(bytes / 1e6).toFixed(0)} MB` },
  ];
  const associations = checkAssociations(folder, platform);
  if (associations !== null) findings.push({ what: 'opens', found: associations });
  if (platform.name === hostPlatform()) {
    const { trained, exported, engines } = usePackage(resources, platform);
    findings.push(
      { what: 'trained by its own Node', found: trained },
      { what: 'exported and imported', found: exported },
      { what: 'engines', found: engines },
    );
  }
  return findings;
}
