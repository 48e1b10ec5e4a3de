import { describe, expect, it } from 'vitest';
import { encodeText, rankByWord, splitWords, WordCounter } from '../../../../src/shared/text/tokenizer.ts';
import keras from './keras-tokenizer.json' with { type: 'json' };

describe("Keras's Tokenizer", () => {
  it('splits texts into the same words', () => {
    expect(keras.texts.map(splitWords)).toEqual(keras.words);
  });

  it('ranks words by frequency, the one seen first before others as frequent', () => {
    const counter = new WordCounter();
    const counted = keras.texts.map((text) => counter.count(text));
    const { vocabulary, rankOfIndex } = counter.rank();
    expect(vocabulary).toEqual(keras.vocabulary);
    expect(counted.map((indices) => Array.from(indices, (index) => rankOfIndex[index]))).toEqual(
      keras.sequences,
    );
  });

  it('encodes a text by the ranks of words', () => {
    const rankOf = rankByWord(keras.vocabulary);
    expect(keras.texts.map((text) => [...encodeText(text, rankOf)])).toEqual(keras.sequences);
  });
});

it('keeps a word without a rank as 0', () => {
  const rankOf = rankByWord(['the', 'film']);
  expect([...encodeText('The unheard-of film', rankOf)]).toEqual([1, 0, 0, 2]);
});

it('looks a text up without counting it', () => {
  const counter = new WordCounter();
  counter.count('a b');
  expect([...counter.lookUp('b c b')]).toEqual([2, 0, 2]);
  expect(counter.rank().vocabulary).toEqual(['a', 'b']);
});
