/** Readers of data to train on and of rows to score. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { findImporter } from '../../src/main/importers/index.ts';
import { readWordIndex } from '../../src/main/importers/word-index.ts';
import { formatOf, readRows } from '../../src/main/scoring/rows.ts';
import type { MersenneTwister } from '../../src/shared/random/mersenne-twister.ts';
import { fixture, reviewsArchive, TEXT_FILES } from './files.ts';
import { below, mutateBytes, oneOf } from './mutate.ts';
import { file, type Target } from './target.ts';

const context = { options: {}, signal: new AbortController().signal, progress: () => undefined };

async function importAll(path: string): Promise<void> {
  const importer = await findImporter(path, 'auto');
  const { examples } = await importer.read(path, context);
  for await (const example of examples) void example;
}

async function scoreAll(path: string): Promise<void> {
  for await (const row of readRows(path, formatOf(path), undefined, context)) void row;
}

/** One case in so many changes what files are packed into, the others a file in it: a checksum tells the former at once. */
const PACKED = 8;

/** An archive with one of its files changed, packed as if it had always been so. */
function mutateZip(random: MersenneTwister, source: Uint8Array): Uint8Array {
  if (below(random, PACKED) === 0) return mutateBytes(random, source);
  const entries = unzipSync(source);
  const name = oneOf(random, Object.keys(entries));
  return zipSync({ ...entries, [name]: mutateBytes(random, entries[name]!) }, { level: 0 });
}

function mutateGzip(random: MersenneTwister, source: Uint8Array): Uint8Array {
  if (below(random, PACKED) === 0) return mutateBytes(random, source);
  return gzipSync(mutateBytes(random, gunzipSync(source)), { level: 1 });
}

const numpyFiles = Object.fromEntries(
  ['words', 'protocol2', 'protocol5', 'python2', 'unsafe', 'series', 'series-splits'].map((name) => [
    `${name}.npz`,
    fixture('data', `${name}.npz`),
  ]),
);

const rows = {
  ...TEXT_FILES,
  'texts.txt': Buffer.from('A fine film.\n\nNot at all\r\nünïcode 🙂\n'),
  'ids.jsonl': Buffer.from('{"tokens": [1, 2, 3], "id": 7}\n{"tokens": [4, 5]}\n'),
};

export const dataTargets: readonly Target[] = [
  file('a table or lines of text', TEXT_FILES, importAll),
  file('arrays of NumPy', numpyFiles, importAll, mutateZip),
  file('an archive of reviews', { 'aclImdb.tar.gz': reviewsArchive }, importAll, mutateGzip),
  file('a word index', { 'index.json': Buffer.from(JSON.stringify({ the: 1, a: 2, é: 3 })) }, readWordIndex),
  file('rows to score', rows, scoreAll),
];
