import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KERAS_CONVENTIONS, type Conventions, type Piece } from '../../../../src/shared/data/dataset.ts';
import {
  decodeIds,
  idCount,
  idsFromRanks,
  padSequences,
  prepareTokens,
  prepareValues,
  writePadded,
  type Prepared,
} from '../../../../src/shared/data/preprocess.ts';
import keras from './keras-pad-sequences.json' with { type: 'json' };

type Side = 'pre' | 'post';

function rows(padded: ArrayLike<number>, size: number): number[][] {
  const all = Array.from(padded);
  return Array.from({ length: all.length / size }, (_, row) => all.slice(row * size, (row + 1) * size));
}

/** As batches are gathered from them, into arrays that hold something already. */
function padded({ sequences, maxlen }: Prepared, padding: Side, width = 1): number[][] {
  const length = maxlen * width;
  return sequences.map((sequence) => {
    const row = new (width === 1 ? Int32Array : Float32Array)(length).fill(7);
    writePadded(row, 0, length, sequence, padding);
    return Array.from(row);
  });
}

function pieceOf(sequences: number[][], width = 1): Piece {
  const offsets = [0];
  for (const sequence of sequences) offsets.push((offsets.at(-1) as number) + sequence.length / width);
  const values = width === 1 ? Int32Array.from(sequences.flat()) : Float32Array.from(sequences.flat());
  return {
    values,
    offsets: Uint32Array.from(offsets),
    labels: Float32Array.from(sequences, (_, index) => index),
  };
}

describe.each(keras.cases)(
  "Keras's pad_sequences: $maxlen, $padding, $truncating",
  ({ padded: expected, series, ...cut }) => {
    const options = { padding: cut.padding as Side, truncating: cut.truncating as Side };

    it('pads ids the same way', () => {
      const sequences = keras.sequences.map((sequence) => Int32Array.from(sequence));
      expect(rows(padSequences(sequences, cut.maxlen, options), cut.maxlen)).toEqual(expected);
    });

    it('pads values of two numbers a step the same way', () => {
      const sequences = keras.series.map((sequence) => Float32Array.from(sequence.flat()));
      const result = padSequences(sequences, cut.maxlen, options, 2);
      expect(rows(result, cut.maxlen * 2)).toEqual(series.map((steps) => steps.flat()));
    });

    it('prepares pieces of values the same way', () => {
      const pieces = keras.series.map((sequence) => pieceOf([sequence.flat()], 2));
      const preprocessing = { ...options, num_words: null, maxlen: cut.maxlen };
      const prepared = prepareValues(pieces, preprocessing, 2, 3);
      expect(padded(prepared, options.padding, 2)).toEqual(series.map((steps) => steps.flat()));
    });
  },
);

/** Keras's loader and pad_sequences as they are written there, one list at a time. */
function naive(ranks: number[], numWords: number | null, conventions: Conventions): number[] {
  const { start_char, oov_char, index_from } = conventions;
  const ids = ranks.map((rank) => (rank === 0 ? oov_char : rank + index_from));
  const started = start_char === null ? ids : [start_char, ...ids];
  return started.map((id) => (numWords === null || id < numWords ? id : oov_char));
}

const conventions = fc.constantFrom<Conventions>(
  KERAS_CONVENTIONS,
  { start_char: null, oov_char: 2, index_from: 3 },
  { start_char: null, oov_char: 1, index_from: 1 },
);
const sequences = fc.array(fc.array(fc.nat(40), { maxLength: 12 }), { maxLength: 8 });
const cut = fc.record({
  num_words: fc.option(fc.integer({ min: 5, max: 50 })),
  maxlen: fc.integer({ min: 1, max: 15 }),
  padding: fc.constantFrom<Side>('pre', 'post'),
  truncating: fc.constantFrom<Side>('pre', 'post'),
});

describe('prepareTokens', () => {
  it('does in one pass what the loader and pad_sequences do in two, however examples lie in pieces', () => {
    fc.assert(
      fc.property(sequences, sequences, conventions, cut, (first, second, own, preprocessing) => {
        const { maxlen, num_words } = preprocessing;
        const ids = [...first, ...second].map((ranks) => Int32Array.from(naive(ranks, num_words, own)));
        const prepared = prepareTokens([pieceOf(first), pieceOf(second)], preprocessing, own, 99);
        const one = rows(padSequences(ids, maxlen, preprocessing), maxlen);
        expect(padded(prepared, preprocessing.padding)).toEqual(one);
      }),
    );
  });

  it('agrees with the ids made for a single sequence', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(40)),
        fc.option(fc.integer({ min: 5, max: 50 })),
        conventions,
        (ranks, words, own) => {
          expect([...idsFromRanks(Int32Array.from(ranks), words, own)]).toEqual(naive(ranks, words, own));
        },
      ),
    );
  });

  it('takes the longest sequence of the data for a maxlen that is not given', () => {
    const preprocessing = { num_words: null, maxlen: null, padding: 'pre', truncating: 'pre' } as const;
    const prepared = prepareTokens([pieceOf([[5], [6, 7]])], preprocessing, KERAS_CONVENTIONS, 4);
    expect(prepared.maxlen).toBe(4);
    expect(padded(prepared, 'pre')).toEqual([
      [0, 0, 1, 8],
      [0, 1, 9, 10],
    ]);
    expect([...prepared.labels]).toEqual([0, 1]);
  });
});

it('keeps ids beyond 16 bits whole', () => {
  const preprocessing = { num_words: null, maxlen: 3, padding: 'pre', truncating: 'pre' } as const;
  const ranks = [[70000, 2], [], [1, 2, 65535, 65532]];
  for (const num_words of [null, 70004]) {
    const prepared = prepareTokens([pieceOf(ranks)], { ...preprocessing, num_words }, KERAS_CONVENTIONS, 9);
    const last = [5, 65538, 65535];
    expect(padded(prepared, 'pre')).toEqual([[1, 70003, 5], [0, 0, 1], last]);
  }
});

it('counts the ids an Embedding must know', () => {
  expect(idCount(10000, KERAS_CONVENTIONS, 88584)).toBe(10000);
  expect(idCount(10000, KERAS_CONVENTIONS, 50)).toBe(54);
  expect(idCount(null, KERAS_CONVENTIONS, 50)).toBe(54);
});

it('decodes ids into words, without padding and start, `?` for unknown', () => {
  const words = decodeIds([0, 0, 1, 4, 2, 5, 99], KERAS_CONVENTIONS, ['the', 'film']);
  expect(words).toEqual(['the', '?', 'film', '?']);
});
