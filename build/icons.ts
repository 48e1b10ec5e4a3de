/**
 * `node build/icons.ts`: draws the application's icon, `src/renderer/icon.svg`, in the sizes and files that Linux, Windows and
 * macOS want, into `build/icons`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/e2e/browser.ts';
import { root } from './targets.ts';

const LINUX_SIZES = [16, 32, 48, 64, 128, 256, 512];
const WINDOWS_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** macOS names a size by four letters; the second of a pair is for screens of twice the resolution. */
const MAC_SIZES: readonly [type: string, size: number][] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
];

async function draw(browser: Browser, svg: string, size: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`,
  );
  const picture = await page.screenshot({ omitBackground: true });
  await page.close();
  return picture;
}

/** An .ico: a directory of 16-byte entries, then the pictures. 256 is written as 0. */
function windowsIcon(pictures: readonly { size: number; png: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  for (const [index, { size, png }] of pictures.entries()) {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** An .icns: the word `icns` and the length of all, then each picture after its type and length. */
function macIcon(pictures: readonly { type: string; png: Buffer }[]): Buffer {
  const head = (type: string, length: number) => {
    const bytes = Buffer.alloc(8);
    bytes.write(type, 'latin1');
    bytes.writeUInt32BE(length, 4);
    return bytes;
  };
  const body = pictures.flatMap(({ type, png }) => [head(type, png.length + 8), png]);
  const length = body.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([head('icns', length), ...body]);
}

const svg = readFileSync(join(root, 'src/renderer/icon.svg'), 'utf8');
const folder = join(root, 'build/icons');
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
try {
  const drawn = new Map<number, Buffer>();
  for (const size of new Set([...LINUX_SIZES, ...WINDOWS_SIZES, ...MAC_SIZES.map(([, size]) => size)]))
    drawn.set(size, await draw(browser, svg, size));
  for (const size of LINUX_SIZES) writeFileSync(join(folder, `${size}x${size}.png`), drawn.get(size)!);
  writeFileSync(
    join(folder, 'icon.ico'),
    windowsIcon(WINDOWS_SIZES.map((size) => ({ size, png: drawn.get(size)! }))),
  );
  writeFileSync(
    join(folder, 'icon.icns'),
    macIcon(MAC_SIZES.map(([type, size]) => ({ type, png: drawn.get(size)! }))),
  );
} finally {
  await browser.close();
}
