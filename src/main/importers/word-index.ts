/** Keras's word index: a JSON object of words and their ranks, as `imdb_word_index.json`. */
import { readFile, stat } from 'node:fs/promises';
import { UnrollError } from '../../shared/errors.ts';
import { decodeUtf8, kindOfPath } from './files.ts';

const LARGEST_BYTES = 1 << 28;
const HIGHEST_RANK = 10_000_000;

/**
 * @returns words by rank, the first with rank 1; a rank the index leaves out has an empty word
 * @throws UnrollError `file-missing`, `file-damaged`, `file-too-large`
 */
export async function readWordIndex(path: string): Promise<string[]> {
  if ((await kindOfPath(path)) === 'folder') throw new UnrollError('file-missing', { path });
  const { size } = await stat(path);
  if (size > LARGEST_BYTES)
    throw new UnrollError('file-too-large', { path, reason: `it has ${size} bytes.` });
  const ranks = parse(await readFile(path), path);
  const vocabulary: string[] = [];
  for (const [word, rank] of Object.entries(ranks)) {
    if (!Number.isInteger(rank) || (rank as number) < 1 || (rank as number) > HIGHEST_RANK) {
      throw new UnrollError('file-damaged', {
        path,
        reason: `the word ${word} has no rank but ${JSON.stringify(rank)}.`,
      });
    }
    vocabulary[(rank as number) - 1] = word;
  }
  return Array.from(vocabulary, (word) => word ?? '');
}

function parse(bytes: Buffer, path: string): object {
  try {
    const parsed: unknown = JSON.parse(decodeUtf8(bytes, path, 'it'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch (error) {
    if (error instanceof UnrollError) throw error;
  }
  throw new UnrollError('file-damaged', { path, reason: 'it is no JSON object of words and ranks.' });
}
