/** A few hundred of IMDB's real reviews as a folder to import, so that tests train on what the lecture trains on. */
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { realFile } from '../unit/main/importers/real-data.ts';
import type { Served } from './browser.ts';

const PARTS = ['train/neg', 'train/pos', 'test/neg', 'test/pos'];

/** Writes the archive's first reviews of either class and split into a folder of the archive's own layout. */
async function takeReviews(archive: string, folder: string, each: number): Promise<void> {
  const wanted = new Map(PARTS.map((part) => [part, each]));
  const entries = createReadStream(archive).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    const { name, type } = entry.header;
    const part = PARTS.find((one) => name.includes(`/${one}/`));
    const left = part === undefined ? 0 : wanted.get(part)!;
    if (type === 'file' && left > 0) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      writeFileSync(path, Buffer.concat(chunks));
      wanted.set(part!, left - 1);
    }
    entry.resume();
    if ([...wanted.values()].every((count) => count === 0)) break;
  }
}

/**
 * Puts `reviews` into a workspace: IMDB's where its archive is, else generated sentences, said aloud.
 * @param each reviews of either class in either split
 */
export async function addReviews({ unroll }: Served, folder: string, each: number): Promise<void> {
  const archive = realFile('aclImdb_v1.tar.gz');
  if (archive === null) {
    console.warn('These tests train on generated sentences in place of real reviews.');
    unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', String(4 * each));
    return;
  }
  await takeReviews(archive, folder, each);
  unroll('data', 'import', join(folder, 'aclImdb'), '--name', 'reviews');
}

/** Trains the lecture's two models on those reviews, small, as the runs `real lecture-simple-rnn` and `real lecture-lstm`. */
export function trainLecture({ unroll }: Served): void {
  const sizes = { maxlen: 30, 'num-words': 2000, epochs: 2, 'batch-size': 32, limit: 160 };
  const options = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);
  for (const model of ['lecture-simple-rnn', 'lecture-lstm'])
    unroll('train', '--model', model, '--data', 'reviews', '--name', `real ${model}`, ...options);
}
