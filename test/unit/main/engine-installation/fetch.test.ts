/** Package files by the real npm and pip, from a registry on the loopback interface, and out of a folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { obtain, registryConfiguration } from '../../../../src/main/engine-installation/fetch.ts';
import type { PackageFile, Wheel } from '../../../../src/main/engine-installation/packages.ts';
import { Registry, npmArchive, sha256, wheelArchive } from './registry.ts';

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
if (!hasPip) console.warn('The tests that fetch a wheel are SKIPPED: python3 has no pip here.');

const archive = await npmArchive({
  'package.json': JSON.stringify({ name: 'small-package', version: '1.2.3' }),
  'index.js': 'module.exports = 1;',
});
const item: PackageFile = {
  client: 'npm',
  name: 'small-package',
  version: '1.2.3',
  file: 'small-package-1.2.3.tgz',
  sha256: sha256(archive),
  bytes: archive.length,
};
const wheelBytes = wheelArchive({
  'small_wheel/__init__.py': '',
  'small_wheel-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: small-wheel\nVersion: 1.0\n',
  'small_wheel-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_27_x86_64\n',
  'small_wheel-1.0.dist-info/RECORD': '',
});
const wheel: Wheel = {
  client: 'pip',
  name: 'small-wheel',
  version: '1.0',
  file: 'small_wheel-1.0-cp312-cp312-manylinux_2_27_x86_64.whl',
  platform: 'manylinux_2_27_x86_64',
  sha256: sha256(wheelBytes),
  bytes: wheelBytes.length,
};

let folder: string;
let registry: Registry;
const abort = () => new AbortController();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-fetch-'));
  registry = await new Registry({ item, archive }, { item: wheel, archive: wheelBytes }).open();
  vi.stubEnv('npm_config_registry', registry.address);
  vi.stubEnv('npm_config_cache', join(folder, 'cache'));
  vi.stubEnv('npm_config_fetch_retries', '0');
  vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
  vi.stubEnv('PIP_INDEX_URL', `${registry.address}/simple`);
  vi.stubEnv('PIP_EXTRA_INDEX_URL', '');
  vi.stubEnv('PIP_FIND_LINKS', '');
  vi.stubEnv('PIP_NO_CACHE_DIR', '1');
  vi.stubEnv('PIP_RETRIES', '0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

const fetching = (controller = abort()) => ({
  into: join(folder, 'into'),
  packages: null,
  signal: controller.signal,
  progress: () => undefined,
});

describe('package files', () => {
  it('come from the registry npm is configured for', async () => {
    const path = await obtain(item, fetching());
    expect(readFileSync(path).equals(archive)).toBe(true);
  });

  it.runIf(hasPip)('come from the index pip is configured for, for any Python', async () => {
    const path = await obtain(wheel, fetching());
    expect(readFileSync(path).equals(wheelBytes)).toBe(true);
  });

  it('are refused when they are not the pinned ones', async () => {
    const other = { ...item, sha256: sha256(Buffer.from('other')) };
    await expect(obtain(other, fetching())).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('that the registry does not have are told with the program and another way', async () => {
    const unknown = { ...item, name: 'no-such-package' };
    const refused = expect(obtain(unknown, fetching())).rejects;
    await refused.toMatchObject({
      code: 'engine-not-installed',
      message: expect.stringContaining('npm could not fetch no-such-package') as string,
      hint: expect.stringContaining('give the folder it lies in') as string,
    });
  });

  it('are no longer fetched once that is cancelled', async () => {
    registry.stalls = true;
    const controller = abort();
    const obtained = obtain(item, fetching(controller));
    await registry.asked;
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(obtained).rejects.toBe(reason);
  });

  it('are taken from a folder without asking any registry', async () => {
    await registry.close();
    writeFileSync(join(folder, item.file), archive);
    const path = await obtain(item, { ...fetching(), packages: folder });
    expect(path).toBe(join(folder, item.file));
    const missing = obtain(wheel, { ...fetching(), packages: folder });
    await expect(missing).rejects.toMatchObject({ code: 'file-missing' });
    await registry.open();
  });
});

it('tells where npm and pip look, without passwords', async () => {
  vi.stubEnv('npm_config_registry', 'http://somebody:secret@127.0.0.1:9/');
  vi.stubEnv('PIP_INDEX_URL', 'http://somebody:secret@127.0.0.1:9/simple');
  const { npm, pip } = await registryConfiguration();
  expect(npm).not.toContain('secret');
  expect(pip).toBe(hasPip ? 'http://127.0.0.1:9/simple' : null);
});
