/** Single examples of a split, by their place in it. */
import type { Dataset, Split } from '../../shared/data/dataset.ts';
import { decodeIds, idsFromRanks } from '../../shared/data/preprocess.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { ReadableDb } from './database.ts';
import {
  pieceEntries,
  readPiece,
  readPieces,
  readTexts,
  readVocabulary,
  type PieceEntry,
} from './dataset-content.ts';

/** What is true of every example of a split. */
export interface SplitFacts {
  labels: Float32Array;
  /** In steps before cutting, the start id counted. */
  lengths: Uint32Array;
}

/** @throws UnrollError `workspace-damaged` */
export function splitFacts(db: ReadableDb, { id, conventions }: Dataset, split: Split): SplitFacts {
  const pieces = readPieces(db, id, split);
  const extra = conventions?.start_char == null ? 0 : 1;
  const labels = pieces.flatMap((piece) => [...piece.labels]);
  const lengths = pieces.flatMap(({ offsets }) => [
    ...offsets.subarray(1).map((to, i) => to - offsets[i]! + extra),
  ]);
  return { labels: Float32Array.from(labels), lengths: Uint32Array.from(lengths) };
}

export interface StoredExample {
  /** Word ranks, or values `width` to a step. */
  values: Int32Array | Float32Array;
  label: number;
}

/** @throws UnrollError `input-invalid` for a place the split does not have, `workspace-damaged` */
export function readExample(db: ReadableDb, dataset: Dataset, split: Split, index: number): StoredExample {
  const { entry, at } = place(db, dataset, split, index);
  const { values, offsets, labels } = readPiece(db, dataset.id, split, entry.piece);
  const { width } = dataset;
  return { values: values.slice(offsets[at]! * width, offsets[at + 1]! * width), label: labels[at]! };
}

/** The texts of examples, one after another: as the source had them, or else the words known of them. Empty for numbers. */
export function* exampleTexts(
  db: ReadableDb,
  dataset: Dataset,
  split: Split,
  indexes: readonly number[],
): Generator<string> {
  const { conventions } = dataset;
  const vocabulary = conventions && !dataset.hasTexts ? readVocabulary(db, dataset.id) : [];
  /** By piece, since neighbours often lie in one. */
  const known = new Map<number, string[] | null>();
  for (const index of indexes) {
    const { entry, at } = place(db, dataset, split, index);
    if (!known.has(entry.piece)) known.set(entry.piece, readTexts(db, dataset.id, split, entry.piece));
    const text = known.get(entry.piece)?.[at];
    if (text !== undefined || !conventions) {
      yield text ?? '';
      continue;
    }
    const { values } = readExample(db, dataset, split, index);
    const ids = idsFromRanks(values as Int32Array, null, conventions);
    yield (vocabulary.length > 0 ? decodeIds(ids, conventions, vocabulary) : [...ids]).join(' ');
  }
}

function place(
  db: ReadableDb,
  { id, name }: Dataset,
  split: Split,
  index: number,
): { entry: PieceEntry; at: number } {
  const entries = pieceEntries(db, id, split);
  const entry = entries.find(({ start, examples }) => index >= start && index < start + examples);
  if (entry) return { entry, at: index - entry.start };
  const count = entries.reduce((sum, { examples }) => sum + examples, 0);
  const reason = `the ${split} split of ${name} has ${count} examples, so that ${index} is not one of them.`;
  throw new UnrollError('input-invalid', { what: 'The example', reason });
}
