/** Unpacks what is needed of npm's archives and of wheels, to files below a folder and nowhere else. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { openPromise } from 'yauzl';
import { UnrollError } from '../../shared/errors.ts';

/** Whether a file is wanted, by its path in the archive. */
export type Wanted = (path: string) => boolean;

async function write(
  contents: AsyncIterable<Uint8Array>,
  folder: string,
  path: string,
  { signal, mode }: { signal: AbortSignal; mode?: number },
): Promise<void> {
  const target = normalize(join(folder, path));
  if (!target.startsWith(normalize(folder) + sep))
    throw new UnrollError('file-unsafe', { path, reason: 'it would be written outside of its folder.' });
  await mkdir(dirname(target), { recursive: true });
  await pipeline(contents, createWriteStream(target, mode === undefined ? {} : { mode }), { signal });
}

/** Files of an npm package (.tgz), without the folder `package` they lie in there. */
export async function unpackNpm(archive: string, folder: string, signal: AbortSignal): Promise<void> {
  const entries = extract();
  const reading = pipeline(createReadStream(archive), createGunzip(), entries, { signal });
  const writing = (async () => {
    for await (const entry of entries) {
      const path = entry.header.name.replace(/^[^/]+\//, '');
      if (entry.header.type === 'file')
        await write(entry as AsyncIterable<Uint8Array>, folder, path, { signal });
      else entry.resume();
    }
  })();
  await Promise.all([reading, writing]);
}

/** The wanted files of a wheel. @param progress is told the share of their bytes that is written */
export async function unpackWheel(
  archive: string,
  folder: string,
  wanted: Wanted,
  { signal, progress }: { signal: AbortSignal; progress: (share: number) => void },
): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  try {
    const entries = [];
    for await (const entry of zip.eachEntry())
      if (!entry.fileName.endsWith('/') && wanted(entry.fileName)) entries.push(entry);
    const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    let written = 0;
    for (const entry of entries) {
      // The permissions a file has on Unix; a program is to stay one.
      const mode = (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
      await write(await zip.openReadStreamPromise(entry), folder, entry.fileName, { signal, mode });
      written += entry.uncompressedSize;
      progress(written / total);
    }
  } finally {
    zip.close();
  }
}
