/** What importers ask of a file, with its failures in the catalogue's words. */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';

/** Whether there is a file or a folder. @throws UnrollError `file-missing` when it does not exist or cannot be read */
export async function kindOfPath(path: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    throw new UnrollError('file-missing', { path }, { cause });
  }
}

/** The first bytes of a file, fewer where it is shorter; none of a folder. @throws UnrollError `file-missing` */
export async function readBeginning(path: string, bytes: number): Promise<Buffer> {
  if ((await kindOfPath(path)) === 'folder') return Buffer.alloc(0);
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new UnrollError('file-missing', { path }, { cause });
  }
}

/** A name for the data set from its file: `reviews` for `/tmp/reviews.csv`. */
export function nameFromPath(path: string): string {
  return basename(path).replace(/(\.tar)?\.[^.]*$/, '') || basename(path);
}

/** Bytes as text. @param what names the place in an error. @throws UnrollError `file-damaged` when they are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, path: string, what: string): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new UnrollError('file-damaged', { path, reason: `${what} is not UTF-8 text.` }, { cause });
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
