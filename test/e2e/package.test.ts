/** The desktop packages of all platforms, made as `npm run package -- --dir --check` makes them, and what the check refuses. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPackage } from '../../build/packaging/check.ts';
import { pack, packagedFolder } from '../../build/packaging/pack.ts';
import { hostPlatform, packagePlatform, PLATFORMS } from '../../build/packaging/platforms.ts';
import { launchHost } from '../electron-host/launch.ts';
import { openDesktop } from './desktop.ts';

let output: string;
const host = hostPlatform();
beforeAll(() => {
  output = mkdtempSync(join(tmpdir(), 'unroll-packages-'));
});
afterAll(() => rmSync(output, { recursive: true, force: true }));

test.each(PLATFORMS)(
  'the package of %s holds what it must, and no native file of another platform',
  async (name) => {
    const platform = packagePlatform(name);
    await pack(platform, { folderOnly: true, output });
    const findings = await checkPackage(packagedFolder(output, platform), platform);
    const found = Object.fromEntries(findings.map((finding) => [finding.what, finding.found]));
    expect(found['native files']).toContain(`${platform.triple}.node of better-sqlite3`);
    expect(found['integrity']).toMatch(
      platform.system === 'linux' ? /files$/ : /as recorded in the program$/,
    );
    if (name !== host) return;
    expect(found['trained by its own Node']).toMatch(/^10 batches, loss 0\.\d+/);
    expect(found['exported and imported']).toMatch(/^keras, onnx, tfjs, each read back/);
    expect(found.engines).toContain('simd (runs)');
  },
);

test.runIf(host !== null && host.startsWith('linux'))(
  'the packaged application shows its window and trains on the Node it brings',
  async () => {
    const packaged = join(packagedFolder(output, packagePlatform(host!)), 'resources');
    const resources = join(output, 'resources');
    mkdirSync(resources);
    extractAll(join(packaged, 'app.asar'), join(resources, 'app.asar'));
    for (const name of ['app.asar.unpacked', 'node'])
      symlinkSync(join(packaged, name), join(resources, name));
    const { page, call, complaints, close } = await openDesktop((home) => launchHost(home, { resources }));
    try {
      await call('data.generate', { task: 'recall', name: 'recall', examples: 400, length: 12 });
      await page.evaluate(() => (window.location.hash = '#/data/recall'));
      await page.getByRole('heading', { name: 'recall' }).first().waitFor();
      await call('training.start', {
        ...{ model: 'lecture-simple-rnn', data: 'recall', name: 'packaged' },
        ...{ preprocessing: { maxlen: 12 }, training: { epochs: 1 } },
      });
      const status = async () =>
        ((await call('runs.show', { run: 'packaged' })) as { output: { status: string } }).output.status;
      await expect.poll(status, { timeout: 20_000 }).toBe('done');
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  },
);

describe.runIf(host === 'linux-x64' || host === 'linux-arm64')('a package is refused', () => {
  const platform = packagePlatform(host!);
  const folder = () => packagedFolder(output, platform);

  /** Spoils a file for one check. */
  async function spoiled(path: string, spoil: (path: string) => void): Promise<string> {
    const file = join(folder(), path);
    const kept = join(output, 'kept');
    // A file of its own: what was packed may be one file with what it was packed from.
    copyFileSync(file, kept);
    unlinkSync(file);
    copyFileSync(kept, file);
    spoil(file);
    try {
      await checkPackage(folder(), platform);
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    } finally {
      rmSync(file, { force: true });
      copyFileSync(kept, file);
    }
  }

  test('whose program can be used as a Node', async () => {
    const on = (path: string) => {
      const program = readFileSync(path);
      program[program.indexOf('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX') + 34] = '1'.charCodeAt(0);
      writeFileSync(path, program);
    };
    expect(await spoiled('unroll', on)).toContain('the fuse RunAsNode is not off');
  });

  test('whose asar was changed by a byte', async () => {
    const flip = (path: string) => {
      const asar = readFileSync(path);
      asar[asar.length - 1]! ^= 1;
      writeFileSync(path, asar);
    };
    expect(await spoiled('resources/app.asar', flip)).toMatch(/is not what its hash says/);
  });

  test('that lacks its native file', async () => {
    const path = `resources/app.asar.unpacked/node_modules/better-sqlite3/prebuilds/${platform.triple}.node`;
    expect(await spoiled(path, unlinkSync)).toContain(
      `and should be node_modules/better-sqlite3/prebuilds/${platform.triple}.node`,
    );
  });

  test('that lacks a library which only some files need', async () => {
    const path = 'resources/app.asar.unpacked/node_modules/h5wasm/dist/esm/hdf5_hl.js';
    expect(await spoiled(path, unlinkSync)).toMatch(
      /export trained --format keras.* HDF5 library does not start/s,
    );
  });

  test('whose Node is cut short', async () => {
    expect(await spoiled('resources/node', (path) => truncateSync(path, 1000))).toMatch(
      /its Node is another/,
    );
  });
});
