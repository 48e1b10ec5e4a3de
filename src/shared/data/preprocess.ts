/**
 * From stored sequences to what a model reads: ids by the data set's conventions, rare words made unknown, every
 * sequence cut and padded to one length. Equal, element by element, to `keras.datasets.imdb.load_data` followed by
 * `keras.utils.pad_sequences` (Keras 3: src/datasets/imdb.py, src/utils/sequence_utils.py).
 *
 * Training, prediction and the data page all prepare their sequences here.
 */
import type { Preprocessing } from '../training.ts';
import type { Conventions, Piece } from './dataset.ts';

/** Ids, or a step's numbers behind one another. */
export type Sequence = Uint16Array | Int32Array | Float32Array;

/** Examples as a model reads them, but for their padding: most reviews are far shorter than the longest. */
export interface Prepared {
  /** Cut to `maxlen` steps. */
  sequences: Sequence[];
  /** One label an example. */
  labels: Float32Array;
  maxlen: number;
}

type Cut = Pick<Preprocessing, 'padding' | 'truncating'>;

/** The length all sequences get: `maxlen`, or the data set's longest sequence (which counts the start id). */
export function sequenceLength(preprocessing: Pick<Preprocessing, 'maxlen'>, longest: number): number {
  return preprocessing.maxlen ?? Math.max(1, longest);
}

/** How many different ids preprocessing can yield, 0 included: the least `input_dim` of an Embedding. */
export function idCount(numWords: number | null, conventions: Conventions, vocabularySize: number): number {
  const { start_char, oov_char, index_from } = conventions;
  const all = vocabularySize + index_from + 1;
  return Math.max(numWords === null ? all : Math.min(numWords, all), (start_char ?? 0) + 1, oov_char + 1);
}

/**
 * The ids of one sequence of ranks: the start id in front, rank r as `r + index_from`, and unknown for rank 0 and for
 * every id from `numWords` on. With null no word is cut (Keras's loader then still drops the single rarest one).
 */
export function idsFromRanks(
  ranks: Int32Array,
  numWords: number | null,
  conventions: Conventions,
): Int32Array {
  const { start_char, oov_char, index_from } = conventions;
  const first = start_char === null ? 0 : 1;
  const limit = numWords ?? Infinity;
  const ids = new Int32Array(ranks.length + first);
  if (start_char !== null) ids[0] = start_char < limit ? start_char : oov_char;
  for (let step = 0; step < ranks.length; step++) {
    const rank = ranks[step] as number;
    const id = rank + index_from;
    ids[step + first] = rank > 0 && id < limit ? id : oov_char;
  }
  return ids;
}

/** Which steps of a sequence Keras's `pad_sequences` keeps. */
function keptSteps(steps: number, maxlen: number, truncating: Cut['truncating']): [from: number, to: number] {
  const kept = Math.min(steps, maxlen);
  return truncating === 'pre' ? [steps - kept, steps] : [0, kept];
}

/** The part of a sequence of `width` numbers a step that is kept; a view, not a copy. */
function cutSequence<S extends Sequence>(sequence: S, maxlen: number, { truncating }: Cut, width: number): S {
  const [from, to] = keptSteps(sequence.length / width, maxlen, truncating);
  return sequence.subarray(from * width, to * width) as S;
}

/** Writes a cut sequence at `at` of `rows`, filled with 0 up to `length` numbers. */
export function writePadded(
  rows: Int32Array | Float32Array,
  at: number,
  length: number,
  sequence: Sequence,
  padding: Cut['padding'],
): void {
  const free = length - sequence.length;
  const from = padding === 'pre' ? at : at + sequence.length;
  rows.fill(0, from, from + free);
  rows.set(sequence, padding === 'pre' ? at + free : at);
}

/**
 * Keras's `pad_sequences`: cuts every sequence to `maxlen` steps and fills the rest with 0.
 * @param width numbers a step: 1 for ids
 * @returns sequences x maxlen x width numbers
 */
export function padSequences<S extends Int32Array | Float32Array>(
  sequences: readonly S[],
  maxlen: number,
  cut: Cut,
  width = 1,
): S {
  const length = maxlen * width;
  const size = sequences.length * length;
  const padded = (sequences[0] instanceof Float32Array ? new Float32Array(size) : new Int32Array(size)) as S;
  sequences.forEach((sequence, row) =>
    writePadded(padded, row * length, length, cutSequence(sequence, maxlen, cut, width), cut.padding),
  );
  return padded;
}

/** Sequences that are made already: ids or `width` numbers a step. Views of the arrays given. */
export function prepareSequences(
  sequences: readonly Sequence[],
  labels: Float32Array,
  maxlen: number,
  cut: Cut,
  width: number,
): Prepared {
  return {
    sequences: sequences.map((sequence) => cutSequence(sequence, maxlen, cut, width)),
    labels,
    maxlen,
  };
}

/** Pieces of a split of `values`. `longest` is the data set's and stands in for a null maxlen. */
export function prepareValues(
  pieces: Iterable<Piece>,
  preprocessing: Preprocessing,
  width: number,
  longest: number,
): Prepared {
  const sequences: Sequence[] = [];
  const labels: Float32Array[] = [];
  for (const piece of pieces) {
    for (let example = 0; example < piece.labels.length; example++) {
      const [from, to] = [piece.offsets[example] as number, piece.offsets[example + 1] as number];
      sequences.push(piece.values.subarray(from * width, to * width));
    }
    labels.push(piece.labels);
  }
  const maxlen = sequenceLength(preprocessing, longest);
  return prepareSequences(sequences, joined(labels), maxlen, preprocessing, width);
}

/** Pieces of a split of `tokens` as ids. `longest` is the data set's and stands in for a null maxlen. */
export function prepareTokens(
  pieces: Iterable<Piece>,
  preprocessing: Preprocessing,
  conventions: Conventions,
  longest: number,
): Prepared {
  const maxlen = sequenceLength(preprocessing, longest);
  const sequences: Sequence[] = [];
  const labels: Float32Array[] = [];
  for (const piece of pieces) {
    for (const sequence of cutIds(piece, maxlen, preprocessing, conventions)) sequences.push(sequence);
    labels.push(piece.labels);
  }
  return { sequences, labels: joined(labels), maxlen };
}

/** The ids of a piece's examples, cut, all in one array of their own. */
function cutIds(
  { values, offsets, labels }: Piece,
  maxlen: number,
  { num_words, truncating }: Preprocessing,
  { start_char, oov_char, index_from }: Conventions,
): Sequence[] {
  const first = start_char === null ? 0 : 1;
  const limit = num_words ?? Infinity;
  const narrow = Math.max(limit, oov_char, start_char ?? 0) <= 0xffff;
  const size = values.length + first * labels.length;
  const ids = narrow ? new Uint16Array(size) : new Int32Array(size);
  let end = 0;
  return Array.from(labels, (_, example) => {
    const [from, to] = [offsets[example] as number, offsets[example + 1] as number];
    const [kept, keptTo] = keptSteps(to - from + first, maxlen, truncating);
    const start = end;
    if (start_char !== null && kept === 0 && keptTo > 0)
      ids[end++] = start_char < limit ? start_char : oov_char;
    for (let at = from + Math.max(0, kept - first); at < from + keptTo - first; at++) {
      const rank = values[at] as number;
      const id = rank + index_from;
      ids[end++] = rank > 0 && id < limit ? id : oov_char;
    }
    return ids.subarray(start, end);
  });
}

/** The words of a sequence of ids, `?` for an unknown one; padding and the start id are left out. */
export function decodeIds(
  ids: Iterable<number>,
  conventions: Conventions,
  vocabulary: readonly string[],
): string[] {
  const words: string[] = [];
  for (const id of ids) {
    if (id === 0 || id === conventions.start_char) continue;
    words.push(
      (id === conventions.oov_char ? undefined : vocabulary[id - conventions.index_from - 1]) ?? '?',
    );
  }
  return words;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
