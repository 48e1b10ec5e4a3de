/** A registry of npm packages and Python wheels on the loopback interface, with real small files. */
import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync, type ZippableFile } from 'fflate';
import { pack } from 'tar-stream';
import type { PackageFile, Wheel } from '../../../../src/main/engine-installation/packages.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An npm archive with these files, in the folder `package`. */
export async function npmArchive(files: Record<string, string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name: `package/${name}` }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

/** A wheel with these files, and programs with the permission to run them. */
export function wheelArchive(files: Record<string, string>, programs: Record<string, string> = {}): Buffer {
  const entries = (of: Record<string, string>, mode: number) =>
    Object.entries(of).map(([name, text]): [string, ZippableFile] => [
      name,
      [strToU8(text), { os: 3, attrs: mode << 16 }],
    ]);
  return Buffer.from(zipSync(Object.fromEntries([...entries(files, 0o644), ...entries(programs, 0o744)])));
}

/** Serves one npm package and one wheel. */
export class Registry {
  /** While true, an archive's first half is sent and no more. */
  stalls = false;
  /** Resolves when an archive is asked for. */
  readonly asked: Promise<void>;
  readonly #server: Server;
  readonly #npm: { item: PackageFile; archive: Buffer };
  readonly #pip: { item: Wheel; archive: Buffer };
  readonly #tellAsked: () => void;

  constructor(npm: { item: PackageFile; archive: Buffer }, pip: { item: Wheel; archive: Buffer }) {
    this.#npm = npm;
    this.#pip = pip;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.asked = promise;
    this.#tellAsked = resolve;
    this.#server = createServer(({ url = '' }, response) => this.#answer(decodeURIComponent(url), response));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string, response: ServerResponse): void {
    const [npm, pip] = [this.#npm, this.#pip];
    if (path.endsWith(npm.item.file)) return this.#sendArchive(npm.archive, response);
    if (path.endsWith(pip.item.file)) return this.#sendArchive(pip.archive, response);
    if (path === `/${npm.item.name}`) return void response.end(npmListing(this.address, npm));
    if (path !== `/simple/${pip.item.name}/`) return void response.writeHead(404).end('{}');
    response.setHeader('content-type', 'text/html');
    response.end(`<a href="/files/${pip.item.file}#sha256=${sha256(pip.archive)}">${pip.item.file}</a>`);
  }

  #sendArchive(archive: Buffer, response: ServerResponse): void {
    this.#tellAsked();
    response.writeHead(200, { 'content-length': archive.length });
    if (this.stalls) response.write(archive.subarray(0, archive.length / 2));
    else response.end(archive);
  }
}

function npmListing(address: string, { item, archive }: { item: PackageFile; archive: Buffer }): string {
  const { name, version, file } = item;
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const dist = { tarball: `${address}/archives/${file}`, integrity };
  return JSON.stringify({
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { name, version, dist } },
  });
}
