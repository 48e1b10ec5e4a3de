/**
 * Maas et al.'s Large Movie Review Dataset: `aclImdb_v1.tar.gz` or its extracted folder, with `train/pos`, `train/neg`,
 * `test/pos` and `test/neg` of one text file a review (the unlabelled `train/unsup` is left out). The reviews lie
 * sorted by class: negative before positive, each by the number in the file's name, whatever order the archive or the
 * file system gives them in. In that order words are counted; then both splits are permuted as Keras permutes its own.
 */
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Split } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { decodeUtf8, kindOfPath, readBeginning } from './files.ts';
import {
  letOthersRun,
  stopIfCancelled,
  type ImportContext,
  type ImportedData,
  type Importer,
} from './importer.ts';
import { importTexts, type LabelledTexts } from './texts.ts';

interface Review {
  id: number;
  text: string;
}
type Polarity = 'neg' | 'pos';
type Reviews = Record<Split, Record<Polarity, Review[]>>;

const LARGEST_REVIEW_BYTES = 1 << 20;
const MOST_BYTES = 2 ** 32;
const MOST_REVIEWS = 1_000_000;
/** The share of an import that reading takes, for the progress. */
const READING = 0.4;

export const aclImdb: Importer = {
  format: 'aclimdb',
  async match(path) {
    if ((await kindOfPath(path)) === 'folder') return rootOf(path) !== null;
    const [first, second] = await readBeginning(path, 2);
    return first === 0x1f && second === 0x8b;
  },
  async read(path, context): Promise<ImportedData> {
    const folder = (await kindOfPath(path)) === 'folder';
    const reviews = folder ? await readFolder(path, context) : await readArchive(path, context);
    const splits = { train: inOrder(reviews.train), test: inOrder(reviews.test) };
    refuseOneSided(reviews, path);
    const source = { format: 'aclimdb', file: basename(path) };
    const classes = ['negative', 'positive'];
    return importTexts(splits, { suggestedName: 'imdb', task: 'binary', classes, source }, context, READING);
  },
};

const emptyReviews = (): Reviews => ({ train: { neg: [], pos: [] }, test: { neg: [], pos: [] } });

function inOrder({ neg, pos }: Record<Polarity, Review[]>): LabelledTexts {
  const byId = (a: Review, b: Review) => a.id - b.id;
  const sorted = [...neg.sort(byId), ...pos.sort(byId)];
  return {
    texts: sorted.map(({ text }) => text),
    labels: sorted.map((_, index) => Number(index >= neg.length)),
  };
}

function refuseOneSided({ train }: Reviews, path: string): void {
  if (!train.neg.length && !train.pos.length) {
    throw new UnrollError('data-empty', { what: `${path} (looked for train/pos and train/neg)`, least: 2 });
  }
  if (!train.neg.length) throw new UnrollError('labels-one-class', { path, label: 'positive' });
  if (!train.pos.length) throw new UnrollError('labels-one-class', { path, label: 'negative' });
}

/** `…/train/pos/127_9.txt` to its place; null for any other file. */
function placeOf(name: string): { split: Split; polarity: Polarity; id: number } | null {
  const match = /(?:^|\/)(train|test)\/(pos|neg)\/(\d+)_\d+\.txt$/.exec(name);
  return match && { split: match[1] as Split, polarity: match[2] as Polarity, id: Number(match[3]) };
}

/** Adds a review to its place. @throws UnrollError `text-missing`, `file-damaged`, `file-too-large` */
function addReview(reviews: Reviews, path: string, name: string, bytes: Uint8Array): void {
  const place = placeOf(name);
  if (!place) return;
  const text = decodeUtf8(bytes, path, name);
  if (!text.trim()) throw new UnrollError('text-missing', { path, place: name });
  const list = reviews[place.split][place.polarity];
  if (list.length >= MOST_REVIEWS) {
    throw new UnrollError('file-too-large', {
      path,
      reason: `more than ${MOST_REVIEWS} reviews of one class.`,
    });
  }
  list.push({ id: place.id, text });
}

async function readArchive(path: string, { signal, progress }: ImportContext): Promise<Reviews> {
  const reviews = emptyReviews();
  const { size } = await stat(path);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const archive = extract();
  archive.on('entry', (header, entry, next) => {
    // The archive's own error says it; unheard, the entry's would end the process.
    entry.on('error', () => undefined);
    progress((READING * file.bytesRead) / Math.max(1, size), 'Reading the archive');
    const wanted = header.type === 'file' && placeOf(header.name) !== null;
    if (wanted && (header.size ?? 0) > LARGEST_REVIEW_BYTES) {
      const reason = `${header.name} is larger than ${LARGEST_REVIEW_BYTES} bytes.`;
      return next(new UnrollError('file-too-large', { path, reason }));
    }
    const chunks: Buffer[] = [];
    entry.on('data', (chunk) => wanted && chunks.push(chunk as Buffer));
    entry.on('end', () => {
      try {
        if (wanted) addReview(reviews, path, header.name, Buffer.concat(chunks));
        next();
      } catch (error) {
        next(error as Error);
      }
    });
  });
  try {
    await pipeline(file, createGunzip({ chunkSize: 1 << 18 }), limited(path), archive, { signal });
  } catch (error) {
    stopIfCancelled(signal, 'The import');
    throw archiveError(error, path);
  }
  return reviews;
}

/** Passes on what was inflated, but not without end: a small archive can inflate to any size. */
function limited(path: string): (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (chunks) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) {
        throw new UnrollError('file-too-large', {
          path,
          reason: `it inflates to more than ${MOST_BYTES} bytes.`,
        });
      }
      yield chunk;
    }
  };
}

function archiveError(error: unknown, path: string): unknown {
  if (error instanceof UnrollError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (/^(ENOENT|EACCES|EPERM|EISDIR)$/.test(code))
    return new UnrollError('file-missing', { path }, { cause: error });
  const reason = `as a tar.gz archive it cannot be read to its end (${error.message}).`;
  return new UnrollError('file-damaged', { path, reason }, { cause: error });
}

/** The folder that holds `train` and `test`: the one given or the `aclImdb` in it. */
function rootOf(path: string): string | null {
  return [path, join(path, 'aclImdb')].find((folder) => existsSync(join(folder, 'train', 'pos'))) ?? null;
}

/** Files are read one by one without waiting, which is fastest for thousands of small ones; others run in between. */
const FILES_A_PORTION = 250;

async function readFolder(path: string, { signal, progress }: ImportContext): Promise<Reviews> {
  const reviews = emptyReviews();
  const root = rootOf(path) ?? path;
  const folders = ['train/neg', 'train/pos', 'test/neg', 'test/pos'].filter((name) =>
    existsSync(join(root, name)),
  );
  for (const [done, folder] of folders.entries()) {
    const names = readdirSync(join(root, folder));
    for (const [index, name] of names.entries()) {
      if (index % FILES_A_PORTION === 0) {
        progress((READING * (done + index / names.length)) / folders.length, `Reading ${folder}`);
        await letOthersRun();
        stopIfCancelled(signal, 'The import');
      }
      addReview(reviews, path, `${folder}/${name}`, readFile(path, join(root, folder, name)));
    }
  }
  return reviews;
}

function readFile(path: string, name: string): Buffer {
  try {
    if (statSync(name).size <= LARGEST_REVIEW_BYTES) return readFileSync(name);
  } catch (cause) {
    throw new UnrollError('file-missing', { path: name }, { cause });
  }
  throw new UnrollError('file-too-large', {
    path,
    reason: `${name} is larger than ${LARGEST_REVIEW_BYTES} bytes.`,
  });
}
