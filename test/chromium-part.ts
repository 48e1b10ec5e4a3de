/** What npm `@sparticuz/chromium` holds packed, unpacked once beside the packages. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const packed = join(root, 'node_modules/@sparticuz/chromium');

/** Chromium with the libraries and fonts a bare machine lacks; the graphics adapter in software with its Vulkan loader. */
type Part = 'chromium' | 'swiftshader';

/** The folder it lies in; never half-unpacked, whoever else starts at the same time. */
export function chromiumPart(name: Part): string {
  const { version } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8')) as { version: string };
  const place = join(root, 'node_modules/.cache/unroll', `${name}-${version}`);
  if (existsSync(place)) return place;
  const fresh = `${place}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  // It unpacks into the folder for temporary files, wherever that is: in a process that has no others.
  const { status, stderr } = spawnSync(process.execPath, [import.meta.filename, name], {
    cwd: root,
    env: { ...process.env, TMPDIR: fresh },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} cannot be unpacked: ${stderr}`);
  try {
    renameSync(fresh, place);
  } catch {
    rmSync(fresh, { recursive: true, force: true });
  }
  return place;
}

if (process.argv[1] === import.meta.filename) {
  const { default: packaged, inflate } = await import('@sparticuz/chromium');
  const wanted = process.argv[2] as Part;
  if (wanted === 'chromium') await packaged.executablePath();
  await inflate(join(packed, 'bin', `${wanted === 'chromium' ? 'al2023' : wanted}.tar.br`));
}
