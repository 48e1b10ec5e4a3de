/** HDF5 files, as Keras writes them: read from bytes and written to bytes, by a thread that may fail without harm. */
import { Worker } from 'node:worker_threads';
import { UnrollError } from '../../shared/errors.ts';
import { runsFromSources, unpackedPath } from '../package-root.ts';
import type { Hdf5Answer, Hdf5Content, Hdf5Request } from './content.ts';

/** The library starts in a fifth of a second. */
const START_PATIENCE_MS = 60_000;
/** A whole IMDB model is read in a tenth of a second; a damaged file may keep the library busy for ever. */
const READ_PATIENCE_MS = 20_000;
const WRITE_PATIENCE_MS = 60_000;
const PATIENCE_MS_A_MEGABYTE = 1000;

const damaged = (path: string, reason: string) => new UnrollError('file-damaged', { path, reason });

/** The library in a thread of its own. */
export function startHdf5(): Worker {
  const entry = runsFromSources ? ['src', 'main', 'hdf5', 'hdf5-worker.ts'] : ['dist', 'reload', 'hdf5.js'];
  return new Worker(unpackedPath(...entry), {
    execArgv: [],
    // The library tells its troubles there, in pages.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 2048 },
  });
}

/** How long a request may take; on a machine with much else to do, a small file takes seconds. */
function patience(request: Hdf5Request): number {
  if (request.kind === 'write') return WRITE_PATIENCE_MS;
  return READ_PATIENCE_MS + PATIENCE_MS_A_MEGABYTE * (request.bytes.length / 2 ** 20);
}

/** @throws UnrollError `file-damaged` where the thread ends without an answer or takes too long, `internal` where it does not start */
function ask(request: Hdf5Request, path: string): Promise<Hdf5Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Hdf5Answer>();
  const worker = startHdf5();
  let timer: NodeJS.Timeout;
  let started = false;
  const wait = (milliseconds: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      reject(damaged(path, 'it takes too long to read.'));
      void worker.terminate();
    }, milliseconds);
  };
  wait(START_PATIENCE_MS);
  worker.on('message', (message: 'ready' | Hdf5Answer) => {
    if (message === 'ready') {
      started = true;
      wait(patience(request));
      return worker.postMessage(request);
    }
    resolve(message);
    void worker.terminate();
  });
  worker.once('error', (cause) => {
    const failed = started
      ? new UnrollError('file-damaged', { path, reason: 'it brings the HDF5 library down.' }, { cause })
      : new UnrollError('internal', { reason: 'the HDF5 library does not start.' }, { cause });
    reject(failed);
  });
  worker.once('exit', () => {
    clearTimeout(timer);
    reject(damaged(path, 'the HDF5 library ended without an answer.'));
  });
  return promise;
}

/**
 * @param path what to call the file in an error
 * @throws UnrollError `file-damaged`, `file-unsafe` for links that leave the file, `file-too-large`
 */
export async function readHdf5(bytes: Uint8Array, path: string): Promise<Hdf5Content> {
  const answer = await ask({ kind: 'read', bytes }, path);
  if (answer.kind === 'refused') throw new UnrollError(answer.code, { path, reason: answer.reason });
  if (answer.kind === 'read') return answer.content;
  throw damaged(path, 'the HDF5 library gave no content.');
}

/** The bytes of an HDF5 file of this content. */
export async function writeHdf5(content: Hdf5Content): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await ask({ kind: 'write', content }, 'The export');
  if (answer.kind === 'written') return answer.bytes;
  throw new UnrollError('internal', { reason: 'the HDF5 library wrote nothing.' });
}
