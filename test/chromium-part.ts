/** What npm `@sparticuz/chromium` holds packed, unpacked once beside the packages. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const packed = join(root, 'node_modules/@sparticuz/chromium');

const archive = (name: string) => `await inflate(${JSON.stringify(join(packed, 'bin', `${name}.tar.br`))});`;

/** Chromium with the libraries and fonts a bare machine lacks; the graphics adapter in software with its Vulkan loader. */
const PARTS = {
  chromium: `await packaged.executablePath(); ${archive('al2023')}`,
  swiftshader: archive('swiftshader'),
};

/** The folder it lies in; never half-unpacked, whoever else starts at the same time. */
export function chromiumPart(name: keyof typeof PARTS): string {
  const { version } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8')) as { version: string };
  const place = join(root, 'node_modules/.cache/unroll', `${name}-${version}`);
  if (existsSync(place)) return place;
  const fresh = `${place}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  // It unpacks into the folder for temporary files, wherever that is: in a process that has no others.
  const code = `import packaged, { inflate } from '@sparticuz/chromium'; ${PARTS[name]}`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
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
