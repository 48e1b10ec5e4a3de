/**
 * Has the user's own npm and pip fetch package files: they know the registry, mirror, proxy and certificates of this machine, and
 * Unroll asks no registry itself. Or takes the files from a folder. Either way a file counts only with the SHA-256 it must have.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import { WHEEL_PYTHON, type PackageFile, type Wheel } from './packages.ts';
import { NOT_FOUND, lastLine, runProgram, type ProgramResult } from './program.ts';

export interface Fetching extends JobContext {
  /** Where fetched files go. */
  into: string;
  /** A folder that holds the files already; null: npm and pip fetch them. */
  packages: string | null;
}

const notInstalled = (reason: string, fix: string) =>
  new UnrollError('engine-not-installed', { engine: 'tensorflow', reason, fix });

/**
 * The path of a package's file, there and checked.
 * @throws UnrollError `engine-not-installed`, `file-missing`, `file-damaged`
 */
export async function obtain(item: PackageFile | Wheel, fetching: Fetching): Promise<string> {
  const path = join(fetching.packages ?? fetching.into, item.file);
  if (fetching.packages === null) await fetchFile(item, fetching);
  await access(path).catch(() => {
    throw new UnrollError('file-missing', { path });
  });
  fetching.progress(null, `Checking ${item.file}`);
  await requireHash(path, item.sha256, fetching.signal);
  return path;
}

async function requireHash(path: string, sha256: string, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found === sha256) return;
  const reason = `its SHA-256 is ${found} and should be ${sha256}.`;
  throw new UnrollError('file-damaged', { path, reason });
}

async function fetchFile(item: PackageFile | Wheel, fetching: Fetching): Promise<void> {
  const { into, progress } = fetching;
  await mkdir(into, { recursive: true });
  const words = `Fetching ${item.name} ${item.version} with ${item.client}`;
  progress(0, words);
  const watch = setInterval(() => {
    void largestBelow(into).then((bytes) =>
      progress(Math.min(1, bytes / item.bytes), `${words} · ${megabytes(bytes)}`),
    );
  }, 300);
  try {
    await ('platform' in item ? fetchWheel(item, fetching) : fetchFromNpm(item, fetching));
  } finally {
    clearInterval(watch);
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * Bytes of the largest file below a folder: programs write to a file of their own first, which may be gone when looked at, and
 * copy it when it is whole.
 */
async function largestBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return Math.max(0, ...(await Promise.all(sizes)));
}

const FOLDER_WAY = (item: PackageFile): string =>
  `Or fetch ${item.file} elsewhere and give the folder it lies in.`;

async function fetchFromNpm(item: PackageFile, { into, signal }: Fetching): Promise<void> {
  const parameters = ['pack', `${item.name}@${item.version}`, '--ignore-scripts', '--silent'];
  const result = await runProgram('npm', [...parameters, '--pack-destination', into], { cwd: into, signal });
  if (result.code === 0) return;
  const reason = `npm could not fetch ${item.name} (${lastLine(result)})`;
  throw notInstalled(
    reason,
    `See that npm is installed and its registry can be reached. ${FOLDER_WAY(item)}`,
  );
}

async function fetchWheel(item: Wheel, { into, signal }: Fetching): Promise<void> {
  const requirements = join(into, 'requirements.txt');
  await writeFile(requirements, `${item.name}==${item.version} --hash=sha256:${item.sha256}\n`);
  const target = ['--platform', item.platform, '--python-version', WHEEL_PYTHON.version];
  const only = ['--implementation', 'cp', '--abi', WHEEL_PYTHON.abi, '--only-binary=:all:', '--no-deps'];
  const parameters = ['-m', 'pip', 'download', '--require-hashes', ...target, ...only, '--dest', into];
  // What pip unpacks or half fetches then lies, and counts, in this folder.
  const env = { ...process.env, TMPDIR: into };
  const result = await runProgram('python3', [...parameters, '-r', requirements], { cwd: into, env, signal });
  if (result.code === 0) return;
  const reason = `pip could not fetch ${item.name} (${lastLine(result)})`;
  throw notInstalled(
    reason,
    `See that Python's pip is installed and its index can be reached. ${FOLDER_WAY(item)}`,
  );
}

/** Where npm and pip are configured to look, in words; null for one that is not there. */
export async function registryConfiguration(): Promise<{ npm: string | null; pip: string | null }> {
  const [npm, pip, index] = await Promise.all([
    runProgram('npm', ['config', 'get', 'registry']),
    runProgram('python3', ['-m', 'pip', '--version']),
    runProgram('python3', ['-m', 'pip', 'config', 'get', 'global.index-url']),
  ]);
  const chosen = process.env.PIP_INDEX_URL ?? (index.code === 0 ? index.output.trim() : '');
  return {
    npm: place(npm),
    pip: pip.code === 0 ? (chosen ? withoutPassword(chosen) : "pip's own default index") : null,
  };
}

/** npm tells no address that has a password in it. */
function place({ code, output }: ProgramResult): string | null {
  if (code === 0) return withoutPassword(output.trim());
  return code === NOT_FOUND ? null : 'as it is configured';
}

/** A registry's address may carry a user and password. */
function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}
