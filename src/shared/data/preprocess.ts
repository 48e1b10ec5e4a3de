/**
 * From stored sequences to the array a model reads: ids by the data set's conventions, rare words made unknown, every
 * sequence cut and padded to one length. Equal, element by element, to `keras.datasets.imdb.load_data` followed by
 * `keras.utils.pad_sequences` (Keras 3: src/datasets/imdb.py, src/utils/sequence_utils.py).
 *
 * Training, prediction and the data page all prepare their sequences here.
 */
import type { Preprocessing } from '../training.ts';
import type { Conventions, Piece } from './dataset.ts';

/** Examples ready for a model; row n of `inputs` is example n, steps behind one another. */
export interface Prepared<Inputs extends Int32Array | Float32Array> {
  /** examples x maxlen ids, or examples x maxlen x width values. */
  inputs: Inputs;
  /** One label an example. */
  labels: Float32Array;
  examples: number;
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

/**
 * Keras's `pad_sequences`: cuts every sequence to `maxlen` steps and fills the rest with 0.
 * @param width numbers a step: 1 for ids
 * @returns sequences x maxlen x width numbers
 */
export function padSequences<S extends Int32Array | Float32Array>(
  sequences: readonly S[],
  maxlen: number,
  { padding, truncating }: Cut,
  width = 1,
): S {
  const size = sequences.length * maxlen * width;
  const padded = (sequences[0] instanceof Float32Array ? new Float32Array(size) : new Int32Array(size)) as S;
  sequences.forEach((sequence, index) => {
    const steps = sequence.length / width;
    const kept = Math.min(steps, maxlen);
    const from = truncating === 'pre' ? steps - kept : 0;
    const to = index * maxlen + (padding === 'pre' ? maxlen - kept : 0);
    padded.set(sequence.subarray(from * width, (from + kept) * width), to * width);
  });
  return padded;
}

/** Pieces of a split of `tokens` as ids, examples x maxlen. `longest` is the data set's and stands in for a null maxlen. */
export function prepareTokens(
  pieces: readonly Piece[],
  preprocessing: Preprocessing,
  conventions: Conventions,
  longest: number,
): Prepared<Int32Array> {
  const maxlen = sequenceLength(preprocessing, longest);
  const examples = countExamples(pieces);
  const inputs = new Int32Array(examples * maxlen);
  const idOfRank = rankTable(pieces, preprocessing.num_words, conventions);
  let row = 0;
  for (const { values, offsets, labels } of pieces) {
    for (let example = 0; example < labels.length; example++, row++) {
      const from = offsets[example] as number;
      const to = offsets[example + 1] as number;
      writeRow(inputs, row * maxlen, maxlen, values as Int32Array, from, to, idOfRank, preprocessing);
    }
  }
  return { inputs, labels: joinLabels(pieces, examples), examples, maxlen };
}

/** Pieces of a split of `values`, examples x maxlen x width. `longest` stands in for a null maxlen. */
export function prepareValues(
  pieces: readonly Piece[],
  preprocessing: Preprocessing,
  width: number,
  longest: number,
): Prepared<Float32Array> {
  const maxlen = sequenceLength(preprocessing, longest);
  const examples = countExamples(pieces);
  const sequences = pieces.flatMap(({ values, offsets, labels }) =>
    Array.from(labels, (_, example) =>
      (values as Float32Array).subarray(
        (offsets[example] as number) * width,
        (offsets[example + 1] as number) * width,
      ),
    ),
  );
  const inputs = padSequences(sequences, maxlen, preprocessing, width);
  return {
    inputs: examples ? inputs : new Float32Array(0),
    labels: joinLabels(pieces, examples),
    examples,
    maxlen,
  };
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

function countExamples(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.labels.length, 0);
}

function joinLabels(pieces: readonly Piece[], examples: number): Float32Array {
  const labels = new Float32Array(examples);
  let at = 0;
  for (const piece of pieces) {
    labels.set(piece.labels, at);
    at += piece.labels.length;
  }
  return labels;
}

interface RankTable {
  /** The id of every rank that occurs. */
  ids: Int32Array;
  /** What stands in front of a sequence; null for nothing. */
  start: number | null;
}

/** Ids by rank as a table, so that the loop over millions of words has no branch. */
function rankTable(pieces: readonly Piece[], numWords: number | null, conventions: Conventions): RankTable {
  let highest = 0;
  for (const { values } of pieces) {
    for (let at = 0; at < values.length; at++) highest = Math.max(highest, values[at] as number);
  }
  const { start_char, oov_char } = conventions;
  const ranks = Int32Array.from({ length: highest + 1 }, (_, rank) => rank);
  const ids = idsFromRanks(ranks, numWords, { ...conventions, start_char: null });
  return {
    ids,
    start: start_char === null || numWords === null || start_char < numWords ? start_char : oov_char,
  };
}

/** Writes one padded row at `at`; `from` to `to` is the sequence without its start id. */
function writeRow(
  inputs: Int32Array,
  at: number,
  maxlen: number,
  values: Int32Array,
  from: number,
  to: number,
  { ids, start }: RankTable,
  { padding, truncating }: Cut,
): void {
  const steps = to - from + (start === null ? 0 : 1);
  const kept = Math.min(steps, maxlen);
  const startKept = start !== null && (truncating === 'post' || steps <= maxlen);
  const words = startKept ? kept - 1 : kept;
  const source = truncating === 'pre' ? to - words : from;
  let target = at + (padding === 'pre' ? maxlen - kept : 0);
  if (startKept) inputs[target++] = start;
  for (let word = 0; word < words; word++)
    inputs[target + word] = ids[values[source + word] as number] as number;
}
