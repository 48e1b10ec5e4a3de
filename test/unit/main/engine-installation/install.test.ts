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
  installTensorflow,
  planOf,
  removeTensorflow,
} from '../../../../src/main/engine-installation/install.ts';
import { NVIDIA_WHEELS, WANTED_OF_NVIDIA } from '../../../../src/main/engine-installation/nvidia-packages.ts';
import { requireOffered, wheelFor } from '../../../../src/main/engine-installation/packages.ts';
import { findTensorflow, libraryNames } from '../../../../src/main/engine-installation/python.ts';
import { smokeTest } from '../../../../src/main/engine-installation/smoke-test.ts';
import { unpackNpm, unpackWheel } from '../../../../src/main/engine-installation/unpack.ts';
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

  it('keeps nothing of an engine whose smoke test fails', async () => {
    writeFiles(folder, { 'tensorflow/installation.json': '{}' });
    const tried = smokeTest(folder, undefined, new AbortController().signal);
    await expect(tried).rejects.toMatchObject({
      code: 'engine-not-installed',
      message: expect.stringContaining('it does not work on this machine') as string,
    });
  });
});

it('removes an engine, once', async () => {
  const engines = writeFiles(join(folder, 'engines'), { 'tensorflow/installation.json': '{}' });
  await removeTensorflow(engines);
  expect(readdirSync(engines)).toEqual([]);
  await expect(removeTensorflow(engines)).rejects.toMatchObject({ code: 'not-found' });
});

describe('where the engine is offered', () => {
  it('is told on systems where it is not, with another engine', () => {
    expect(() => requireOffered('win32 x64')).toThrow(
      /linux x64, linux arm64, darwin arm64, and this is win32/,
    );
    expect(() => requireOffered('win32 x64')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('webgpu') as string }),
    );
  });

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
      expect(names('a-python', true)).toHaveLength(3);
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
});

it('says that it takes a compiler where there is none', async () => {
  vi.stubEnv('CXX', 'no-such-compiler');
  const parts = { sources: folder, nodeHeaders: folder, library: folder, runPath: folder, target: folder };
  await expect(buildBinding(parts, new AbortController().signal)).rejects.toMatchObject({
    code: 'engine-not-installed',
    message: expect.stringContaining('takes the C++ compiler no-such-compiler') as string,
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
