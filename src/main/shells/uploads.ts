/**
 * Files dropped on a browser's page: the page cannot tell their path, so it sends their bytes (`POST /upload?name=…`), which
 * are streamed to a file in the workspace. The answer is `{"path": …}`, to be imported from like any other path. A file lives
 * until the page is done with it (`DELETE /upload?path=…`), or the server ends.
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Context } from 'hono';
import { UnrollError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/format.ts';
import { answerError, refuse } from './serve/refusal.ts';

export interface Uploads {
  receive(context: Context): Promise<Response>;
  discard(context: Context): Promise<Response>;
  close(): Promise<void>;
}

const PREFIX = 'upload-';
/** What to do instead, for a request that sends no file. */
export const SEND_FILE = 'Send a file as the body of POST /upload?name=reviews.csv.';

/** File systems take 255 bytes. */
const MOST_NAME_BYTES = 200;
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

/** What a server that was killed left behind. */
async function removeAbandoned(workspace: string): Promise<void> {
  for (const name of await readdir(workspace)) {
    const path = join(workspace, name);
    if (name.startsWith(PREFIX) && Date.now() - (await stat(path)).mtimeMs > ABANDONED_AFTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** The file's own name, of a long one the end, without its folders and without characters some file system refuses. */
function safeName(name: string): string {
  const safe = basename(name.replaceAll('\\', '/'))
    .replace(/[^\p{L}\p{N}. _()-]/gu, '_')
    .replace(/^\.+/, '_');
  const characters = [...safe].slice(-MOST_NAME_BYTES);
  while (Buffer.byteLength(characters.join('')) > MOST_NAME_BYTES) characters.shift();
  return characters.join('');
}

function limitBytes(limit: number, path: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      const reason = `it has more than ${formatBytes(limit)}.`;
      done(bytes > limit ? new UnrollError('file-too-large', { path, reason }) : null, chunk);
    },
  });
}

/** A file that cannot be written, in words. */
function written(error: unknown, path: string): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (code === 'ENOSPC') return new UnrollError('disk-full', { path }, { cause: error });
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code))
    return new UnrollError('path-not-writable', { path }, { cause: error });
  return error;
}

/** @param limit the largest file accepted, in bytes */
export async function openUploads(workspace: string, limit: number): Promise<Uploads> {
  await removeAbandoned(workspace);
  const folder = await mkdtemp(join(workspace, PREFIX));

  async function receive(context: Context): Promise<Response> {
    const name = safeName(context.req.query('name') ?? '');
    const body = context.req.raw.body;
    if (!body || name === '') return refuse(context, 400, 'it names no file.', SEND_FILE);
    // A folder for each, so that two files of one name do not meet and the name stays the user's.
    const own = join(folder, `file-${randomBytes(6).toString('hex')}`);
    const path = join(own, name);
    try {
      // Who tidied the workspace up may have taken the folder of all away.
      await mkdir(own, { recursive: true, mode: 0o700 });
      const bytes = Readable.fromWeb(body as ReadableStream<Uint8Array>);
      await pipeline(bytes, limitBytes(limit, name), createWriteStream(path, { flags: 'wx' }));
      return context.json({ path });
    } catch (error) {
      await rm(own, { recursive: true, force: true }).catch(() => undefined);
      return answerError(context, workspace, written(error, workspace));
    }
  }

  async function discard(context: Context): Promise<Response> {
    const own = dirname(resolve(context.req.query('path') ?? ''));
    // Nothing but what was received here.
    if (dirname(own) === folder) await rm(own, { recursive: true, force: true });
    return context.body(null, 204);
  }

  return { receive, discard, close: () => rm(folder, { recursive: true, force: true }) };
}
