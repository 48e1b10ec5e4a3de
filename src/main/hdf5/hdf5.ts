/** HDF5 files, as Keras writes them: read from bytes and written to bytes, by a thread that may fail without harm. */
import { Worker } from 'node:worker_threads';
import { UnrollError } from '../../shared/errors.ts';
import { runsFromSources, unpackedPath } from '../package-root.ts';
import type { Hdf5Answer, Hdf5Content, Hdf5Request } from './content.ts';

/** A whole IMDB model is read in a tenth of a second. */
const PATIENCE_MS = 60_000;

const damaged = (path: string, reason: string) => new UnrollError('file-damaged', { path, reason });

/** @throws UnrollError `file-damaged` where the thread ends without an answer or takes too long */
function ask(request: Hdf5Request, path: string): Promise<Hdf5Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Hdf5Answer>();
  const entry = runsFromSources ? ['src', 'main', 'hdf5', 'hdf5-worker.ts'] : ['dist', 'reload', 'hdf5.js'];
  const worker = new Worker(unpackedPath(...entry), {
    workerData: request,
    execArgv: [],
    // The library tells its troubles there, in pages.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 2048 },
  });
  const timer = setTimeout(() => {
    reject(damaged(path, 'it takes too long to read.'));
    void worker.terminate();
  }, PATIENCE_MS);
  worker.once('message', resolve);
  worker.once('error', (cause) => {
    reject(new UnrollError('file-damaged', { path, reason: 'it brings the HDF5 library down.' }, { cause }));
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
