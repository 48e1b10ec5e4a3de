/**
 * Installs the engine `tensorflow`: everything is put together in a folder beside the engine's place, tried there, and only then
 * renamed to it. What fails or is cancelled leaves the engine as it was.
 */
import { mkdir, mkdtemp, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  INSTALLATION_FILE,
  TENSORFLOW_FILES,
  TFJS_SYMBOL,
  type TensorflowInstallation,
} from '../../shared/engine-installation.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import { buildBinding } from './binding.ts';
import { obtain, type Fetching } from './fetch.ts';
import { NVIDIA_WHEELS, WANTED_OF_NVIDIA } from './nvidia-packages.ts';
import {
  NODE_HEADERS,
  PROTOBUF,
  TFJS_NODE,
  requireOffered,
  wheelFor,
  type PackageFile,
  type Wheel,
} from './packages.ts';
import { InstallationProgress } from './progress.ts';
import { findTensorflow } from './python.ts';
import { smokeTest } from './smoke-test.ts';
import { unpackNpm, unpackWheel } from './unpack.ts';

export interface InstallOptions {
  /** The folder of all engines. */
  engines: string;
  /** A Python environment whose TensorFlow is used; null: the pinned wheel is fetched. */
  python: string | null;
  /** A folder with the package files; null: npm and pip fetch them. */
  packages: string | null;
  /** Fetch the TensorFlow that can compute on NVIDIA's graphics cards, and NVIDIA's libraries with it. */
  gpu?: boolean;
  /** The Node that trains, where it is not the one that runs this process. */
  nodePath?: string | undefined;
}

const NAME = 'tensorflow';
const STAGING = '.staging-';
const REPLACED = '.replaced-';
const SYSTEM = `${process.platform} ${process.arch}`;

/** What the binding's sources include of TensorFlow, its library, and the licences that come with it. */
const WANTED =
  /^tensorflow\/(libtensorflow_\w+\.(so\.2|2\.dylib)|THIRD_PARTY_NOTICES\.txt|LICENSE|include\/(tensorflow\/(c|core\/platform)|tsl\/platform|xla\/tsl\/c)\/.*\.h)$/;

/** Bytes an installation takes on the disk while the largest of its files lie there too: fetched, and half unpacked. */
const ROOM = { nothing: 0, library: 1.2e9, withNvidia: 6.2e9 };

/** How long unpacking takes beside fetching as much, and the last steps, in bytes that are fetched meanwhile. */
const UNPACKING = 0.5;
const LAST_STEP = 30e6;

/** @throws UnrollError `engine-not-installed`, `file-missing`, `file-damaged`, `path-not-writable`, `disk-full` */
export async function installTensorflow(
  options: InstallOptions,
  job: JobContext,
): Promise<{ tensorflow: string; detail: string }> {
  const files = planOf(options);
  const staging = await stagingFolder(options.engines);
  try {
    await requireRoom(options.engines, roomFor(options));
    const folder = join(staging, NAME);
    await mkdir(folder);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const whole = new InstallationProgress(job.progress, bytes * (1 + UNPACKING) + 2 * LAST_STEP);
    const fetching = { ...job, whole, into: join(staging, 'packages'), packages: options.packages };
    const installation = await assemble(folder, options, fetching);
    await writeFile(join(folder, INSTALLATION_FILE), JSON.stringify(installation, null, 2));
    whole.step(LAST_STEP)(null, 'Trying it');
    const detail = await smokeTest(staging, options.nodePath, job.signal);
    await putInPlace(folder, options.engines);
    return { tensorflow: installation.tensorflow, detail };
  } catch (error) {
    const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    throw isFull ? new UnrollError('disk-full', { path: options.engines }, { cause: error }) : error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Bytes an installation takes on the disk while it goes on. */
export const roomFor = ({ python, gpu }: Pick<InstallOptions, 'python' | 'gpu'>): number =>
  ROOM[python === null ? (gpu ? 'withNvidia' : 'library') : 'nothing'];

/** Bytes that are free where a folder lies or, while it is not there, will lie. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return freeBytes(dirname(folder));
  }
}

/** @throws UnrollError `engine-not-installed` where the disk has less, before gigabytes are fetched for nothing */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= bytes) return;
  throw new UnrollError('engine-not-installed', {
    engine: NAME,
    reason: `it takes ${gigabytes(bytes)} in ${folder}, whose disk has ${gigabytes(free)} free`,
    fix: 'Free some space there, then install the engine again.',
  });
}

/**
 * The files an installation is made of, in the order they are fetched.
 * @throws UnrollError `engine-not-installed` where the engine is not offered, or a Python's TensorFlow is to get NVIDIA's libraries
 */
export function planOf({ python, gpu }: Pick<InstallOptions, 'python' | 'gpu'>): PackageFile[] {
  requireOffered(SYSTEM, gpu);
  if (python !== null && gpu)
    throw new UnrollError('engine-not-installed', {
      engine: NAME,
      reason: 'the TensorFlow of a Python is used as it is, and no CUDA is fetched for it',
      fix: 'Leave out CUDA, or the Python to have both fetched.',
    });
  return [TFJS_NODE, PROTOBUF, NODE_HEADERS, ...(python === null ? wheelsOf(gpu) : [])];
}

const wheelsOf = (gpu: boolean | undefined): Wheel[] => [
  wheelFor(SYSTEM, gpu),
  ...(gpu ? NVIDIA_WHEELS : []),
];

/** Removes the engine. @throws UnrollError `not-found` where it is not installed */
export async function removeTensorflow(engines: string): Promise<void> {
  const names = await readdir(engines).catch((): string[] => []);
  if (!names.includes(NAME)) throw new UnrollError('not-found', { kind: 'installed engine', name: NAME });
  const doomed = join(engines, `${REPLACED}${process.pid}`);
  await rename(join(engines, NAME), doomed);
  await rm(doomed, { recursive: true, force: true });
}

/** Tidies up after installations that were killed; an engine that had just stepped aside comes back. */
async function clearAbandoned(engines: string): Promise<void> {
  const names = await readdir(engines);
  for (const name of names) {
    const [, kind, pid] = /^(\.staging-|\.replaced-)(\d+)/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = join(engines, name);
    if (kind === REPLACED && !names.includes(NAME)) await rename(path, join(engines, NAME));
    else await rm(path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function stagingFolder(engines: string): Promise<string> {
  try {
    await mkdir(engines, { recursive: true });
    await clearAbandoned(engines);
    return await mkdtemp(join(engines, `${STAGING}${process.pid}-`));
  } catch (cause) {
    throw new UnrollError('path-not-writable', { path: engines }, { cause });
  }
}

interface WholeFetching extends Fetching {
  whole: InstallationProgress;
}

async function assemble(
  folder: string,
  options: InstallOptions,
  fetching: WholeFetching,
): Promise<TensorflowInstallation> {
  const { signal, whole } = fetching;
  const packages = join(folder, TENSORFLOW_FILES.packages);
  const tfjsNode = join(packages, '@tensorflow/tfjs-node');
  const nodeHeaders = join(fetching.into, 'node-api-headers');
  await mkdir(fetching.into, { recursive: true });
  // First, so that a wrong path is told before anything is fetched.
  const python = options.python === null ? null : findTensorflow(options.python);
  const small: [typeof TFJS_NODE, string][] = [
    [TFJS_NODE, tfjsNode],
    [PROTOBUF, join(packages, PROTOBUF.name)],
    [NODE_HEADERS, nodeHeaders],
  ];
  for (const [item, target] of small) {
    const progress = whole.step(item.bytes * (1 + UNPACKING));
    await unpackNpm(await obtain(item, { ...fetching, progress }), target, signal);
  }
  await offerOwnTfjs(packages);
  const unpacked = join(folder, TENSORFLOW_FILES.wheel, 'tensorflow');
  if (!python) await unpackLibraries(folder, wheelsOf(options.gpu), fetching);
  whole.step(LAST_STEP)(null, 'Building its native module');
  const library = python?.library ?? unpacked;
  const origin = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const runPath = python?.library ?? `${origin}/${TENSORFLOW_FILES.wheel}/tensorflow`;
  const target = join(folder, TENSORFLOW_FILES.binding);
  await buildBinding({ sources: tfjsNode, nodeHeaders, library, runPath, target }, signal);
  if (!python) await rm(join(unpacked, 'include'), { recursive: true });
  return {
    format: 1,
    tensorflow: python?.version ?? wheelFor(SYSTEM).version,
    tfjsNode: TFJS_NODE.version,
    python: options.python,
    gpu: python === null && (options.gpu ?? false),
    library: python?.library ?? `${TENSORFLOW_FILES.wheel}/tensorflow`,
    installedAt: new Date().toISOString(),
  };
}

/** Wheels side by side, as pip lays them: TensorFlow's libraries find NVIDIA's by where these lie. */
async function unpackLibraries(
  folder: string,
  wheels: readonly Wheel[],
  fetching: WholeFetching,
): Promise<void> {
  const { signal, whole } = fetching;
  const wanted = (path: string): boolean => WANTED.test(path) || WANTED_OF_NVIDIA.test(path);
  for (const wheel of wheels) {
    const archive = await obtain(wheel, { ...fetching, progress: whole.step(wheel.bytes) });
    const progress = whole.step(wheel.bytes * UNPACKING);
    const context = { signal, progress: (share: number) => progress(share, `Unpacking ${wheel.name}`) };
    await unpackWheel(archive, join(folder, TENSORFLOW_FILES.wheel), wanted, context);
    // The next are as large; what was fetched is not needed twice.
    if (fetching.packages === null) await rm(archive);
  }
}

/** Packages under the names tfjs-node asks for, which hand over the tensorflow.js that trains. */
async function offerOwnTfjs(packages: string): Promise<void> {
  for (const name of ['tfjs', 'tfjs-core']) {
    const folder = join(packages, '@tensorflow', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'index.js'), `module.exports = globalThis[Symbol.for('${TFJS_SYMBOL}')];\n`);
  }
}

/** One rename, after the engine that was there stepped aside; if it fails, that one comes back. */
async function putInPlace(folder: string, engines: string): Promise<void> {
  const place = join(engines, NAME);
  const aside = join(engines, `${REPLACED}${process.pid}`);
  const had = await rename(place, aside).then(
    () => true,
    () => false,
  );
  try {
    await rename(folder, place);
  } catch (error) {
    if (had) await rename(aside, place);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}
