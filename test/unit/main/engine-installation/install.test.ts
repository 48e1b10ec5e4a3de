/** What an installation leaves behind when it fails, and what it looks for in an existing Python environment. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildBinding } from '../../../../src/main/engine-installation/binding.ts';
import {
  freeBytes,
  installTensorflow,
  planOf,
  removeTensorflow,
  requireRoom,
} from '../../../../src/main/engine-installation/install.ts';
import { tensorflowState } from '../../../../src/main/engine-installation/installed.ts';
import { NVIDIA_WHEELS, WANTED_OF_NVIDIA } from '../../../../src/main/engine-installation/nvidia-packages.ts';
import { requireOffered, wheelFor } from '../../../../src/main/engine-installation/packages.ts';
import { InstallationProgress } from '../../../../src/main/engine-installation/progress.ts';
import { findTensorflow, libraryNames } from '../../../../src/main/engine-installation/python.ts';
import { smokeTest } from '../../../../src/main/engine-installation/smoke-test.ts';
import { unpackNpm, unpackWheel } from '../../../../src/main/engine-installation/unpack.ts';
import { sizesOf, type TensorflowInstallation } from '../../../../src/shared/engine-installation.ts';
import { npmArchive, wheelArchive } from './registry.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-install-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function writeFiles(below: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(below, path, '..'), { recursive: true });
    writeFileSync(join(below, path), text);
  }
  return below;
}

const job = (signal = new AbortController().signal) => ({ signal, progress: () => undefined });
const libraryFiles = (at: string) =>
  Object.fromEntries(libraryNames(process.platform).map((name) => [`${at}/${name}`, '']));

const INSTALLATION: TensorflowInstallation = {
  format: 1,
  tensorflow: '2.21.0',
  tfjsNode: '4.22.0',
  python: null,
  gpu: false,
  library: 'wheel/tensorflow',
  installedAt: '2026-01-01T00:00:00.000Z',
};

/** Windows and others are told so before anything is looked at; the other tests say nothing there. */
const isOffered = ['linux x64', 'linux arm64', 'darwin arm64'].includes(
  `${process.platform} ${process.arch}`,
);

describe.runIf(isOffered)('an installation that fails', () => {
  const existing = { 'tensorflow/installation.json': 'as it was' };

  it('leaves the engine that was there, and nothing of its own', async () => {
    const engines = writeFiles(join(folder, 'engines'), existing);
    const packages = writeFiles(join(folder, 'packages'), { 'google-protobuf-3.21.4.tgz': 'damaged' });
    const options = { engines, python: null, packages };
    await expect(installTensorflow(options, job())).rejects.toMatchObject({ code: 'file-missing' });
    writeFiles(packages, { 'tensorflow-tfjs-node-4.22.0.tgz': 'damaged' });
    await expect(installTensorflow(options, job())).rejects.toMatchObject({ code: 'file-damaged' });
    expect(readdirSync(engines)).toEqual(['tensorflow']);
    expect(readFileSync(join(engines, 'tensorflow/installation.json'), 'utf8')).toBe('as it was');
  });

  it('tidies up after one that was killed, and brings back the engine that had stepped aside', async () => {
    const { pid: gone } = spawnSync('true');
    const engines = writeFiles(join(folder, 'engines'), {
      [`.staging-${gone}-abc/tensorflow/large`]: 'half unpacked',
      [`.replaced-${gone}/installation.json`]: 'as it was',
      [`.staging-${process.pid}-abc/tensorflow/large`]: 'of an installation that goes on',
    });
    const options = { engines, python: null, packages: folder };
    await expect(installTensorflow(options, job())).rejects.toMatchObject({ code: 'file-missing' });
    expect(readdirSync(engines).sort()).toEqual([`.staging-${process.pid}-abc`, 'tensorflow']);
    expect(readFileSync(join(engines, 'tensorflow/installation.json'), 'utf8')).toBe('as it was');
  });

  it('says that an environment has no TensorFlow before it looks for any package', async () => {
    const options = { engines: join(folder, 'engines'), python: folder, packages: folder };
    await expect(installTensorflow(options, job())).rejects.toMatchObject({
      code: 'engine-not-installed',
      message: expect.stringContaining('has no TensorFlow') as string,
    });
    expect(readdirSync(join(folder, 'engines'))).toEqual([]);
  });

  it('that is cancelled leaves the engine that was there too', async () => {
    const engines = writeFiles(join(folder, 'engines'), existing);
    const packages = writeFiles(join(folder, 'packages'), { 'tensorflow-tfjs-node-4.22.0.tgz': 'large' });
    const controller = new AbortController();
    const cancel = { signal: controller.signal, progress: () => controller.abort() };
    await expect(installTensorflow({ engines, python: null, packages }, cancel)).rejects.toBeDefined();
    expect(readdirSync(engines)).toEqual(['tensorflow']);
  });

  it('does not fetch CUDA for a Python that has its own TensorFlow', async () => {
    const options = { engines: join(folder, 'engines'), python: folder, packages: folder, gpu: true };
    const refused = {
      code: 'engine-not-installed',
      hint: expect.stringContaining('Leave out CUDA') as string,
    };
    if (process.platform === 'linux' && process.arch === 'x64')
      await expect(installTensorflow(options, job())).rejects.toMatchObject(refused);
    expect(existsSync(join(folder, 'engines'))).toBe(false);
  });

  it('for want of room says how much there is before anything is fetched', async () => {
    await requireRoom(folder, 1);
    await expect(requireRoom(folder, 1e18)).rejects.toMatchObject({
      code: 'engine-not-installed',
      message: expect.stringMatching(
        /it takes 1000000000\.0 GB in \S+, whose disk has [\d.]+ GB free/,
      ) as string,
    });
    expect(await freeBytes(join(folder, 'not', 'there yet'))).toBeGreaterThan(0);
  });
});

describe.runIf(isOffered)('an engine that is tried', () => {
  const tried = (node?: string) => smokeTest(folder, node, new AbortController().signal);
  const refused = (reason: RegExp) => ({
    code: 'engine-not-installed',
    message: expect.stringMatching(reason) as string,
  });

  it('says what it lacks', async () => {
    writeFiles(folder, { 'tensorflow/installation.json': '{}' });
    await expect(tried()).rejects.toMatchObject(
      refused(/it does not work on this machine \(.+installation\.json cannot be read\)\.$/),
    );
    writeFiles(folder, { 'tensorflow/installation.json': JSON.stringify(INSTALLATION) });
    await expect(tried()).rejects.toMatchObject(
      refused(/it does not work on this machine \(Cannot find module '[^']+tfjs_binding\.node'\)\.$/),
    );
  });

  it('says what its library is broken by, in one sentence', async () => {
    writeFiles(folder, {
      'tensorflow/installation.json': JSON.stringify(INSTALLATION),
      'tensorflow/tfjs_binding.node': 'no library',
    });
    await expect(tried()).rejects.toMatchObject(
      refused(/^[^\n]+it does not work on this machine \([^\n]+tfjs_binding\.node[^\n]+\)\.$/),
    );
  });

  it('says so when its library ends the process', async () => {
    const node = join(folder, 'node');
    writeFileSync(node, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    await expect(tried(node)).rejects.toMatchObject(refused(/its process was ended by the system/));
  });
});

it('says what is installed, and that its library is gone', () => {
  expect(tensorflowState(folder).detail).toMatch(/^not installed/);
  const state = (installation: Partial<TensorflowInstallation>) => {
    const record = JSON.stringify({ ...INSTALLATION, ...installation });
    writeFiles(folder, { 'tensorflow/installation.json': record, 'tensorflow/wheel/tensorflow/x': '' });
    return tensorflowState(folder);
  };
  expect(state({})).toEqual({ available: true, detail: 'TensorFlow 2.21.0' });
  expect(state({ gpu: true })).toEqual({ available: true, detail: 'TensorFlow 2.21.0 with CUDA' });
  expect(state({ python: 'a-python', library: 'a-library' })).toEqual({
    available: false,
    detail: 'its TensorFlow in a-library is gone; install it again',
  });
});

it('removes an engine, once', async () => {
  const engines = writeFiles(join(folder, 'engines'), { 'tensorflow/installation.json': '{}' });
  await removeTensorflow(engines);
  expect(readdirSync(engines)).toEqual([]);
  await expect(removeTensorflow(engines)).rejects.toMatchObject({ code: 'not-found' });
});

describe('where the engine is offered', () => {
  it.each(['win32 x64', 'win32 arm64', 'darwin x64', 'linux ia32', 'freebsd x64'])(
    'is told on systems where it is not, with another engine: %s',
    (system) => {
      for (const gpu of [false, true])
        expect(() => requireOffered(system, gpu)).toThrow(
          expect.objectContaining({
            code: 'engine-not-installed',
            message: `The engine tensorflow was not installed: it is offered for linux x64, linux arm64, darwin arm64, and this is ${system}.`,
            hint: expect.stringContaining('webgpu') as string,
          }),
        );
    },
  );

  it('names the wheel as the index does', () => {
    expect(wheelFor('linux x64').file).toBe('tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl');
    expect(wheelFor('darwin arm64').file).toBe('tensorflow-2.21.0-cp312-cp312-macosx_12_0_arm64.whl');
    const cuda = 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';
    expect(wheelFor('linux x64', true).file).toBe(cuda);
    for (const { file, sha256 } of NVIDIA_WHEELS) {
      expect(file).toMatch(/^nvidia_\w+_cu12-[\d.]+-py3-none-manylinux[\w.]+_x86_64\.whl$/);
      expect(sha256).toMatch(/^[\da-f]{64}$/);
    }
  });

  it('is with CUDA on Linux for x64 alone', () => {
    requireOffered('linux x64', true);
    expect(() => requireOffered('darwin arm64', true)).toThrow(
      /with CUDA it is offered for linux x64, and this is darwin arm64/,
    );
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'fetches NVIDIA’s libraries too where CUDA is asked for, and none for a Python’s TensorFlow',
    () => {
      const names = (python: string | null, gpu: boolean) => planOf({ python, gpu }).map(({ name }) => name);
      expect(names(null, true).slice(3)).toEqual(['tensorflow', ...NVIDIA_WHEELS.map(({ name }) => name)]);
      expect(names(null, false).slice(3)).toEqual(['tensorflow-cpu']);
      expect(names('a-python', false)).toHaveLength(3);
    },
  );
});

describe.runIf(isOffered)('the TensorFlow of a Python environment', () => {
  const at = 'lib/python3.12/site-packages';

  it.each(['', 'bin/python', 'bin/python3.12', `${at}/tensorflow`])('is found by its %s', (given) => {
    writeFiles(folder, {
      ...libraryFiles(`${at}/tensorflow`),
      [`${at}/tensorflow_cpu-2.20.1.dist-info/WHEEL`]: '',
    });
    expect(findTensorflow(join(folder, given))).toEqual({
      library: join(folder, at, 'tensorflow'),
      version: '2.20.1',
    });
  });

  it('has the version its headers state, whatever lies beside it', () => {
    const version = 'include/tensorflow/core/public/release_version.h';
    writeFiles(folder, {
      ...libraryFiles(`${at}/tensorflow`),
      [`${at}/tensorflow/${version}`]:
        '#define TF_MAJOR_VERSION 2\n#define TF_MINOR_VERSION 19\n#define TF_PATCH_VERSION 3\n',
    });
    expect(findTensorflow(folder).version).toBe('2.19.3');
  });

  it('is refused where it is older than what is known to work', () => {
    writeFiles(folder, {
      ...libraryFiles(`${at}/tensorflow`),
      [`${at}/tensorflow-2.15.1.dist-info/WHEEL`]: '',
    });
    expect(() => findTensorflow(folder)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`the TensorFlow of ${folder} is 2.15.1`) as string,
        hint: expect.stringContaining('TensorFlow 2.16 or later') as string,
      }),
    );
  });
});

it.each([
  ['no-such-compiler', 'takes the C++ compiler no-such-compiler, which is not here'],
  ['false', 'false could not build its native module'],
])('says what the compiler lacks: %s', async (compiler, reason) => {
  vi.stubEnv('CXX', compiler);
  const parts = { sources: folder, nodeHeaders: folder, library: folder, runPath: folder, target: folder };
  await expect(buildBinding(parts, new AbortController().signal)).rejects.toMatchObject({
    code: 'engine-not-installed',
    message: expect.stringContaining(reason) as string,
  });
});

describe('unpacking', () => {
  const { signal } = new AbortController();

  it('writes the files of an npm package without the folder around them', async () => {
    writeFileSync(join(folder, 'a.tgz'), await npmArchive({ 'package.json': '{}', 'dist/index.js': '1' }));
    await unpackNpm(join(folder, 'a.tgz'), join(folder, 'to'), signal);
    expect(readFileSync(join(folder, 'to/dist/index.js'), 'utf8')).toBe('1');
  });

  it('writes nothing outside of its folder', async () => {
    writeFileSync(join(folder, 'a.tgz'), await npmArchive({ '../../outside': 'x' }));
    const unpacked = unpackNpm(join(folder, 'a.tgz'), join(folder, 'to/there'), signal);
    await expect(unpacked).rejects.toMatchObject({ code: 'file-unsafe' });
    expect(existsSync(join(folder, 'outside'))).toBe(false);
    expect(existsSync(join(folder, 'to/outside'))).toBe(false);
  });

  it('takes of a wheel what is wanted, and tells how far it is', async () => {
    writeFileSync(join(folder, 'a.whl'), wheelArchive({ 'a/one': '1', 'a/two': '22', 'b/three': '333' }));
    const shares: number[] = [];
    const context = { signal, progress: (share: number) => void shares.push(share) };
    const to = join(folder, 'to');
    await unpackWheel(join(folder, 'a.whl'), to, (path) => path.startsWith('a/'), context);
    expect(readdirSync(to)).toEqual(['a']);
    expect(readFileSync(join(to, 'a/two'), 'utf8')).toBe('22');
    expect(shares).toEqual([1 / 3, 1]);
  });

  it('keeps NVIDIA’s libraries where TensorFlow’s look for them, and a program one that can be run', async () => {
    const [library, program] = ['nvidia/cudnn/lib/libcudnn.so.9', 'nvidia/cuda_nvcc/bin/ptxas'];
    const rest = { 'nvidia/cudnn/include/cudnn.h': '', 'nvidia/cuda_runtime/lib/libcudart_static.a': '' };
    const archive = wheelArchive({ [library]: '1', ...rest }, { [program]: '#!' });
    writeFileSync(join(folder, 'a.whl'), archive);
    const context = { signal, progress: () => undefined };
    const to = join(folder, 'to');
    await unpackWheel(join(folder, 'a.whl'), to, (path) => WANTED_OF_NVIDIA.test(path), context);
    expect(readdirSync(to, { recursive: true })).not.toContain('nvidia/cudnn/include');
    expect(existsSync(join(to, 'nvidia/cuda_runtime'))).toBe(false);
    expect(statSync(join(to, library)).mode & 0o777).toBe(0o644);
    expect(statSync(join(to, program)).mode & 0o777).toBe(0o755);
  });
});

it('tells how far the whole is, and never goes back', () => {
  const told: [number | null, string][] = [];
  const whole = new InstallationProgress((share, detail) => void told.push([share, detail]), 10);
  const small = whole.step(2);
  for (const share of [0, 0.5, 0.25, null]) small(share, 'small');
  const large = whole.step(8);
  for (const share of [null, 0.5, 1]) large(share, 'large');
  expect(told.map(([share]) => share)).toEqual([0, 0.1, 0.1, 0.1, 0.2, 0.6, 1]);
  expect(told.at(-1)![1]).toBe('large');
});

it('says how much is fetched in all, and what of the disk is free', () => {
  const files = [{ bytes: 572_600_000 }, { bytes: 716_500_000 }];
  expect(sizesOf(files, { needed: 6.2e9, free: 63e9 })).toBe(
    '2 files, 1.3 GB in all; takes up to 6.2 GB of the disk meanwhile, 63.0 GB are free',
  );
  expect(sizesOf([{ bytes: 228_166 }], { needed: 0, free: 1 })).toBe('1 file, 0.2 MB in all');
});
