/** Real files to begin from: those Keras saved, the fixtures of data, and small ones written as people write them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
