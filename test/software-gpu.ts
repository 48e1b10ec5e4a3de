/**
 * A graphics adapter in software for the tests, where the machine has none: the SwiftShader and the Vulkan loader that come
 * inside npm `@sparticuz/chromium`, unpacked once beside the packages. The tests' processes inherit where they are.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const packaged = join(root, 'node_modules/@sparticuz/chromium');

async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string };
  const place = join(root, 'node_modules/.cache/unroll', `swiftshader-${version}`);
  if (existsSync(place)) return place;
  const fresh = `${place}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  // The package unpacks into the folder for temporary files, wherever that is.
  const before = process.env.TMPDIR;
  process.env.TMPDIR = fresh;
  try {
    const { inflate } = await import('@sparticuz/chromium');
    await inflate(join(packaged, 'bin/swiftshader.tar.br'));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  try {
    renameSync(fresh, place);
  } catch {
    rmSync(fresh, { recursive: true, force: true });
  }
  return place;
}

/** For vitest: sets it up before the first test. `VK_DRIVER_FILES` names another Vulkan driver, which is then used. */
export default async function setup(): Promise<void> {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES) return;
  const place = await unpacked();
  process.env.VK_DRIVER_FILES = join(place, 'vk_swiftshader_icd.json');
  process.env.LD_LIBRARY_PATH = [place, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
}
