/** What importers ask of a file, with its failures in the catalogue's words. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';
import { stopIfCancelled, type ImportContext } from './importer.ts';

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
      const { size } = await file.stat();
      // What is no plain file may say that it is empty.
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, size || bytes)), {
        position: 0,
      });
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

/**
 * A text file in portions, with progress up to `share` of the whole import and looks at whether it was cancelled.
 * A byte order mark is left out.
 * @throws UnrollError `file-missing`, `file-damaged` when it is not UTF-8, `cancelled`
 */
export async function* streamText(
  path: string,
  context: ImportContext,
  share: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const bytes = Math.max(1, (await stat(path)).size);
  let read = 0;
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      const reason = `it is not UTF-8 text (before byte ${read}).`;
      throw new UnrollError('file-damaged', { path, reason }, { cause });
    }
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    stopIfCancelled(context.signal, 'The import');
    read += (chunk as Buffer).length;
    context.progress((share * read) / bytes, 'Reading');
    yield decode(chunk as Buffer);
  }
  yield decode();
}
