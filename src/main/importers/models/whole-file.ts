/** A whole file of a size that fits into memory. */
import { readFile, stat } from 'node:fs/promises';
import { UnrollError } from '../../../shared/errors.ts';

/** @throws UnrollError `file-missing`, `file-too-large` */
export async function readWhole(path: string, mostBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new UnrollError('file-too-large', { path, reason: `it has ${size} bytes.` });
    return await readFile(path);
  } catch (cause) {
    throw cause instanceof UnrollError ? cause : new UnrollError('file-missing', { path }, { cause });
  }
}
