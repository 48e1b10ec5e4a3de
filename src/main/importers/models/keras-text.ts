/** The JSON in Keras's files, and the version it says it is from. */
import { decodeUtf8 } from '../files.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format.ts';
import { isObject, type Config } from './keras-values.ts';
import { refuse, tooLarge } from './model-importer.ts';

/** The newest major version whose files are understood. */
const NEWEST_MAJOR = 3;
const MOST_BYTES = 64 * 2 ** 20;

/** @param what the part of the file, for an error. @throws UnrollError `file-damaged`, `file-too-large` */
export function parseJson(bytes: Uint8Array, path: string, what: string): Config {
  if (bytes.length > MOST_BYTES)
    throw tooLarge(
      path,
      `${what} has ${formatBytes(bytes.length)}, at most ${formatBytes(MOST_BYTES)} are read.`,
      'Use a model of fewer layers.',
    );
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(bytes, path, what));
  } catch (cause) {
    if (cause instanceof UnrollError) throw cause;
    throw new UnrollError('file-damaged', { path, reason: `${what} is not JSON.` }, { cause });
  }
  if (isObject(value)) return value;
  throw new UnrollError('file-damaged', { path, reason: `${what} is not a JSON object.` });
}

/** @throws UnrollError `model-unreadable` */
export function refuseNewerKeras(version: unknown, path: string): void {
  const major = Number(/^(\d+)\./.exec(String(version))?.[1] ?? 0);
  if (major <= NEWEST_MAJOR) return;
  const reason = `it was written by Keras ${String(version)}, which is newer than the Keras ${NEWEST_MAJOR} this Unroll reads`;
  throw refuse(path, reason, 'Save it with Keras 3, or use a newer Unroll.');
}
