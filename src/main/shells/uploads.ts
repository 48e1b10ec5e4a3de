/**
 * Files dropped on a browser's page: the page cannot tell their path, so it sends their bytes (`POST /upload?name=…`), which
 * are streamed to a file in the workspace. The answer is `{"path": …}`, to be imported from like any other path. A file lives
 * until the page is done with it (`DELETE /upload?path=…`), or the server ends.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Context } from 'hono';
import { toErrorValue, UnrollError } from '../../shared/errors.ts';

export interface Uploads {
  receive(context: Context): Promise<Response>;
  discard(context: Context): Promise<Response>;
  close(): Promise<void>;
}

const PREFIX = 'upload-';
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

/** The file's own name without its folders and without characters some file system refuses. */
function safeName(name: string): string {
  const safe = basename(name.replaceAll('\\', '/'))
    .replace(/[^\p{L}\p{N}. _()-]/gu, '_')
    .replace(/^\.+/, '_');
  return safe.slice(-100) || 'file';
}

function limitBytes(limit: number, path: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      const reason = `more than ${Math.round(limit / 2 ** 20)} MiB were sent.`;
      done(bytes > limit ? new UnrollError('file-too-large', { path, reason }) : null, chunk);
    },
  });
}

/** @param limit the largest file accepted, in bytes */
export async function openUploads(workspace: string, limit: number): Promise<Uploads> {
  await removeAbandoned(workspace);
  const folder = await mkdtemp(join(workspace, PREFIX));

  async function receive(context: Context): Promise<Response> {
    const name = safeName(context.req.query('name') ?? '');
    const body = context.req.raw.body;
    if (!body) return context.json(new UnrollError('data-empty', { what: name, least: 1 }).toValue(), 400);
    // A folder for each, so that two files of one name do not meet and the name stays the user's.
    const own = await mkdtemp(join(folder, 'file-'));
    const path = join(own, name);
    try {
      const bytes = Readable.fromWeb(body as ReadableStream<Uint8Array>);
      await pipeline(bytes, limitBytes(limit, name), createWriteStream(path, { flags: 'wx' }));
      return context.json({ path });
    } catch (error) {
      await rm(own, { recursive: true, force: true });
      const tooLarge = error instanceof UnrollError && error.code === 'file-too-large';
      return context.json(toErrorValue(error), tooLarge ? 413 : 500);
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
