/** A whole file of a size that fits into memory. */
import { readFile, stat } from 'node:fs/promises';
import { UnrollError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format.ts';
import { tooLarge } from './model-importer.ts';

/** @throws UnrollError `file-missing`, `file-too-large` */
export async function readWhole(path: string, mostBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      throw tooLarge(path, `it has ${formatBytes(size)}, at most ${formatBytes(mostBytes)} are read.`);
    return await readFile(path);
  } catch (cause) {
    throw cause instanceof UnrollError ? cause : new UnrollError('file-missing', { path }, { cause });
  }
}
