/** Reads entries of a zip archive by its central directory, each checked against its size and CRC-32. */
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { UnrollError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/format.ts';
import { readBeginning } from './files.ts';

/** Far above any real entry, far below what would exhaust memory; yauzl keeps an entry to the size it announces. */
const LARGEST_ENTRY_BYTES = 1 << 30;

/**
 * @param wanted names of the entries to inflate; others are left alone
 * @returns those of them that are there, by name
 * @throws UnrollError `file-damaged`, `file-too-large`
 */
export async function readZip(path: string, wanted: readonly string[]): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      if (wanted.includes(entry.fileName)) found.set(entry.fileName, await readEntry(zip, entry, path));
    }
    return found;
  } catch (error) {
    if (error instanceof UnrollError || !(error instanceof Error)) throw error;
    throw damagedZip(path, await readBeginning(path, 2), error);
  } finally {
    zip?.close();
  }
}

/** What is wrong with what the library refuses as a zip archive. @param beginning its first two bytes, fewer where it has fewer */
export function damagedZip(path: string, beginning: Uint8Array, cause: Error): UnrollError {
  const isZip = Buffer.from(beginning).toString('latin1', 0, 2) === 'PK';
  const reason =
    beginning.length === 0
      ? 'it is empty.'
      : !isZip
        ? 'it should be a zip archive and is none.'
        : /end of central directory/i.test(cause.message)
          ? 'it is a zip archive that is cut off.'
          : 'it is a zip archive whose entries are not where it says.';
  return new UnrollError('file-damaged', { path, reason }, { cause });
}

/** The first portion, inflated, of the first of these entries; null where the archive has none of them or is damaged. */
export async function readZipBeginning(path: string, wanted: readonly string[]): Promise<Buffer | null> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      if (!wanted.includes(entry.fileName)) continue;
      for await (const chunk of await zip.openReadStreamPromise(entry)) return chunk as Buffer;
    }
    return null;
  } catch {
    return null;
  } finally {
    zip?.close();
  }
}

async function readEntry(zip: ZipFile, entry: Entry, path: string): Promise<Buffer> {
  if (entry.uncompressedSize > LARGEST_ENTRY_BYTES) {
    const reason = `${entry.fileName} has ${formatBytes(entry.uncompressedSize)} unpacked, at most ${formatBytes(LARGEST_ENTRY_BYTES)} are read.`;
    throw new UnrollError('file-too-large', { path, reason });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) {
    throw new UnrollError('file-damaged', { path, reason: `the checksum of ${entry.fileName} differs.` });
  }
  return bytes;
}
