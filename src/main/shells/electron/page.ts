/** `app://unroll/…`: the built renderer's files for the window, and nothing from outside their folder. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';
import { packageRoot } from '../../package-root.ts';
import { SECURITY_HEADERS } from '../security.ts';

export const ORIGIN = 'app://unroll';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** The file an address means, or null where it means none of ours. */
function pathOf(address: string): string | null {
  const { host, pathname } = new URL(address);
  if (host !== 'unroll') return null;
  const folder = join(packageRoot, 'dist/renderer');
  try {
    const path = normalize(join(folder, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)));
    return path.startsWith(folder + sep) && !path.includes('\0') ? path : null;
  } catch {
    return null; // A percent sign that encodes nothing.
  }
}

async function answer({ url, method }: Request): Promise<Response> {
  const path = pathOf(url);
  const type = path === null ? undefined : TYPES[extname(path)];
  if (method !== 'GET' || path === null || type === undefined) return nothing();
  try {
    return new Response(await readFile(path), { headers: { ...SECURITY_HEADERS, 'Content-Type': type } });
  } catch {
    return nothing();
  }
}

const nothing = (): Response =>
  new Response('There is nothing here.', { status: 404, headers: SECURITY_HEADERS });

/** Before the app is ready: gives the scheme an origin, so that `'self'` in the content security policy means it. */
export function registerPage(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Once the app is ready. */
export function servePage(): void {
  protocol.handle('app', answer);
}
