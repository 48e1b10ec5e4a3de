/** Real files to begin from: those Keras saved, the fixtures of data, and small ones written as people write them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

const FIXTURES = join(import.meta.dirname, '../fixtures');

export const fixture = (...path: string[]): Uint8Array => readFileSync(join(FIXTURES, ...path));

const lines = (count: number, line: (i: number) => string): Uint8Array =>
  Buffer.from(Array.from({ length: count }, (_, i) => line(i)).join('\n'));

/** Tables and lines of text, by the name of a file they would be in. */
export const TEXT_FILES: Readonly<Record<string, Uint8Array>> = {
  'reviews.csv': lines(30, (i) => (i === 0 ? 'text,label' : `"It was, ""fine"" – ${i}",${i % 2}`)),
  'reviews.tsv': lines(30, (i) =>
    i === 0 ? 'text\tlabel' : `not good at all ${i}\t${i % 3 === 0 ? 'neg' : 'pos'}`,
  ),
  'reviews.jsonl': lines(30, (i) => JSON.stringify({ text: `ünïcode 🙂 ${i}`, label: i % 2 })),
  'series.csv': lines(40, (i) =>
    i === 0 ? 'series,step,a,b,label' : `${i >> 2},${i % 4},${i / 7},-${i}e-3,${(i >> 2) % 2}`,
  ),
};

/** Reviews as Maas et al. packed them, two of each class and split. */
export const reviewsArchive: Uint8Array = await packedReviews();

async function packedReviews(): Promise<Uint8Array> {
  const archive = pack();
  for (const split of ['train', 'test'])
    for (const polarity of ['neg', 'pos'])
      for (const id of [0, 1])
        archive.entry(
          { name: `aclImdb/${split}/${polarity}/${id}_7.txt` },
          `A ${polarity} film, the ${id}th.`,
        );
  archive.finalize();
  return gzipSync(await buffer(archive));
}
