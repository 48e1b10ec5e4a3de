/** What importers ask of a file, with its failures in the catalogue's words. */
import { createReadStream } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { access, constants, open, stat } from 'node:fs/promises';
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

/** Refuses what cannot be read before anything is made of it. @throws UnrollError `file-missing`, for a folder too */
export async function requireFile(path: string): Promise<void> {
  if ((await kindOfPath(path)) === 'folder') throw new UnrollError('file-missing', { path });
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new UnrollError('file-missing', { path }, { cause });
  });
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

/** Bytes as text. @param what names the place in an error. @throws UnrollError `file-malformed` when they are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, path: string, what: string): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw notText(path, what, 'utf-8', cause);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** As the byte order mark says; UTF-8 without one. Spreadsheets save "Unicode text" as UTF-16. */
function encodingOf(beginning: Buffer): Encoding {
  const mark = beginning.toString('latin1', 0, 2);
  return mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8';
}

function notText(path: string, what: string, encoding: Encoding, cause: unknown): UnrollError {
  const reason = `${what} is not ${encoding.toUpperCase()} text.`;
  const fix = 'Save it as UTF-8, in an editor or a spreadsheet, and try again.';
  return new UnrollError('file-malformed', { path, reason, fix }, { cause });
}

/** The first bytes of a file as text, a byte order mark left out. @throws UnrollError `file-missing` */
export async function readBeginningText(path: string, bytes: number): Promise<string> {
  const beginning = await readBeginning(path, bytes);
  return new TextDecoder(encodingOf(beginning)).decode(beginning);
}

/**
 * A text file in portions, with progress up to `share` of the whole import and looks at whether it was cancelled.
 * UTF-8, or UTF-16 where a byte order mark says so; the mark is left out.
 * @throws UnrollError `file-missing`, `file-malformed` with the line that is no text, `cancelled`
 */
export async function* streamText(
  path: string,
  context: ImportContext,
  share: number,
): AsyncGenerator<string> {
  const encoding = encodingOf(await readBeginning(path, 2));
  const decoder = new TextDecoder(encoding, { fatal: true });
  const bytes = Math.max(1, (await stat(path)).size);
  let read = 0;
  let line = 1;
  const decode = (chunk?: Buffer): string => {
    try {
      const text = decoder.decode(chunk, { stream: chunk !== undefined });
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++;
      return text;
    } catch (cause) {
      throw notText(path, `line ${line + linesBeforeOddity(chunk)}`, encoding, cause);
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

/** How many lines of a portion are UTF-8 before one that is not. It may begin within a character. */
function linesBeforeOddity(portion: Buffer = Buffer.alloc(0)): number {
  let start = 0;
  while (start < 3 && ((portion[start] ?? 0) & 0xc0) === 0x80) start++;
  for (let lines = 0; ; lines++) {
    const end = portion.indexOf('\n', start);
    if (end < 0 || !isUtf8(portion.subarray(start, end))) return lines;
    start = end + 1;
  }
}
