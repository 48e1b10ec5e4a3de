/** Entries of a zip archive that may have been made to harm: sizes, names and contents are looked at before they are used. */
import { crc32 } from 'node:zlib';
import { fromBufferPromise, openPromise, type Entry, type ZipFile } from 'yauzl';
import { UnrollError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format.ts';
import { readBeginning } from '../files.ts';
import { damagedZip } from '../zip.ts';
import { tooLarge } from './model-importer.ts';

/** A whole archive inflated. Weights hardly shrink, so a real model is about as large as its file. */
const MOST_BYTES = 2 ** 30;
const MOST_ENTRIES = 10_000;
/** Above this size an entry must not be this many times smaller in the file. */
const LARGE_BYTES = 16 * 2 ** 20;
const LARGEST_RATIO = 200;

const damaged = (path: string, reason: string) => new UnrollError('file-damaged', { path, reason });
const unsafe = (path: string, reason: string) => new UnrollError('file-unsafe', { path, reason });

/** Whether bytes begin as a pickle of protocol 2 to 5 does: a program for Python to run. */
export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5;
}

/**
 * All entries of a zip archive by name, inflated and checked against their checksums.
 * @param path the file, and what to call it in an error
 * @param bytes the archive itself, where it lies within another
 * @throws UnrollError `file-damaged`; `file-unsafe` for names that lead out of the archive and for pickles; `file-too-large`
 */
export function readArchive(path: string, bytes?: Buffer): Promise<Map<string, Buffer>> {
  return withZip(path, bytes, (zip) => readEntries(zip, path));
}

/** The names in a zip archive, nothing inflated. @throws UnrollError `file-damaged`, `file-unsafe` */
export function archiveNames(path: string): Promise<Set<string>> {
  return withZip(path, undefined, async (zip) => {
    const names = new Set<string>();
    for await (const { fileName } of zip.eachEntry()) {
      if (names.size === MOST_ENTRIES) throw tooLarge(path, `it has more than ${MOST_ENTRIES} entries.`);
      names.add(fileName);
    }
    return names;
  });
}

async function withZip<T>(
  path: string,
  bytes: Buffer | undefined,
  work: (zip: ZipFile) => Promise<T>,
): Promise<T> {
  let zip: ZipFile | undefined;
  const options = { lazyEntries: true, autoClose: false };
  try {
    zip = bytes ? await fromBufferPromise(bytes, options) : await openPromise(path, options);
    return await work(zip);
  } catch (error) {
    if (error instanceof UnrollError || !(error instanceof Error)) throw error;
    if (/relative path|absolute path|invalid characters/.test(error.message))
      throw unsafe(path, `an entry's name leads out of the archive (${error.message}).`);
    throw damagedZip(path, bytes ?? (await readBeginning(path, 2)), error);
  } finally {
    zip?.close();
  }
}

async function readEntries(zip: ZipFile, path: string): Promise<Map<string, Buffer>> {
  const entries = new Map<string, Buffer>();
  let total = 0;
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    if (++count > MOST_ENTRIES) throw tooLarge(path, `it has more than ${MOST_ENTRIES} entries.`);
    const { fileName, uncompressedSize, compressedSize } = entry;
    if (fileName.endsWith('/')) continue;
    if (/\.(pkl|pickle)$/i.test(fileName))
      throw unsafe(path, `${fileName} is a pickle, a program for Python.`);
    total += uncompressedSize;
    const bomb = uncompressedSize > LARGE_BYTES && uncompressedSize > LARGEST_RATIO * compressedSize;
    if (bomb)
      throw tooLarge(
        path,
        `${fileName} has ${formatBytes(uncompressedSize)} unpacked, over ${LARGEST_RATIO} times what it has in the file, as no trained weights do.`,
        'Save the model again with Keras, and leave a file alone that a stranger made.',
      );
    if (total > MOST_BYTES) throw tooLarge(path, `unpacked it has more than ${formatBytes(MOST_BYTES)}.`);
    if (entries.has(fileName)) throw damaged(path, `${fileName} is in it twice.`);
    entries.set(fileName, await readEntry(zip, entry, path));
  }
  return entries;
}

async function readEntry(zip: ZipFile, entry: Entry, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // yauzl ends an entry that grows beyond the size it announces.
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw damaged(path, `the checksum of ${entry.fileName} differs.`);
  if (isPickle(bytes)) throw unsafe(path, `${entry.fileName} is a pickle, a program for Python.`);
  return bytes;
}
