/** A bundle that Unroll exported: the Keras model in it, with the words and rules that go along. */
import { basename } from 'node:path';
import { bundlePreprocessingSchema, type BundlePreprocessing } from '../../../shared/data/bundle.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { decodeUtf8, readBeginning } from '../files.ts';
import { archiveNames, readArchive } from './archive.ts';
import { readKerasEntries } from './keras-file.ts';
import { parseJson } from './keras-text.ts';
import { refuse, type ImportedModel, type ModelReader } from './model-importer.ts';

export interface Bundle extends ImportedModel {
  preprocessing: BundlePreprocessing;
  /** Words by rank; empty where the model knows none. */
  vocabulary: string[];
}

const damaged = (path: string, reason: string) => new UnrollError('file-damaged', { path, reason });

/** What a bundle is known by, and cannot be read without. */
const PARTS = ['preprocessing.json', 'model.keras'] as const;

export async function isBundle(path: string): Promise<boolean> {
  if ((await readBeginning(path, 2)).toString('latin1') !== 'PK') return false;
  const names = await archiveNames(path);
  return PARTS.some((name) => names.has(name));
}

/** @throws UnrollError `file-damaged`, `file-unsafe`, `file-too-large`, `model-unreadable` */
export async function readBundle(path: string): Promise<Bundle> {
  const entries = await readArchive(path);
  const missing = PARTS.find((name) => !entries.has(name));
  if (missing)
    throw refuse(
      path,
      `it is a bundle without its ${missing}`,
      missing === 'model.keras'
        ? 'Export the bundle again.'
        : 'Export the bundle again, or unpack it and open its model.keras alone.',
    );
  const rules = bundlePreprocessingSchema.safeParse(
    parseJson(entries.get('preprocessing.json') ?? Buffer.alloc(0), path, 'preprocessing.json'),
  );
  if (!rules.success) throw damaged(path, `preprocessing.json: ${rules.error.issues[0]!.message}.`);
  const inner = await readArchive(path, entries.get('model.keras') ?? Buffer.alloc(0));
  const model = await readKerasEntries(path, basename(path).replace(/\.[^.]*$/, ''), inner);
  return { ...model, preprocessing: rules.data, vocabulary: readWords(entries.get('vocabulary.json'), path) };
}

function readWords(bytes: Buffer | undefined, path: string): string[] {
  if (!bytes) return [];
  let words: unknown;
  try {
    words = JSON.parse(decodeUtf8(bytes, path, 'vocabulary.json'));
  } catch {
    throw damaged(path, 'vocabulary.json is not JSON.');
  }
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw damaged(path, 'vocabulary.json is not a list of words.');
}

export const bundle: ModelReader = { match: isBundle, read: readBundle };
