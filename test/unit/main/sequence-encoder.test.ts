import { describe, expect, it } from 'vitest';
import { SequenceEncoder } from '../../../src/main/sequence-encoder.ts';
import { preprocessingSchema } from '../../../src/shared/training.ts';
import { insertSmallDataset, temporaryWorkspace } from './workspace.ts';

const all = preprocessingSchema.parse({ num_words: null, maxlen: 5 });

async function encoderAndData() {
  const { db } = temporaryWorkspace();
  return { encoder: new SequenceEncoder(db), dataset: await insertSmallDataset(db) };
}

describe('a typed text', () => {
  it('becomes ids by the conventions: start, then rank and offset, unknown words as 2', async () => {
    const { encoder, dataset } = await encoderAndData();
    const { ids, words, text } = encoder.fromText(dataset, all, 'Word1, nonsense word3!');
    expect([...ids]).toEqual([1, 4, 2, 6]);
    expect(words).toEqual(['word1', '?', 'word3']);
    expect(text).toBe('Word1, nonsense word3!');
  });

  it('shows only the words the model sees after rare ones are unknown and long texts cut', async () => {
    const { encoder, dataset } = await encoderAndData();
    const cut = encoder.fromText(
      dataset,
      { ...all, num_words: 10 },
      'word1 word2 word3 word4 word5 word19 word6',
    );
    expect(cut.words).toEqual(['word3', 'word4', 'word5', '?', 'word6']);
    expect(cut.ids).toHaveLength(8);
  });

  it('must have a word', async () => {
    const { encoder, dataset } = await encoderAndData();
    expect(() => encoder.fromText(dataset, all, ' .,! ')).toThrow(
      expect.objectContaining({ code: 'text-empty' }),
    );
  });
});

describe('given ids', () => {
  it('are taken as they are and shown as words', async () => {
    const { encoder, dataset } = await encoderAndData();
    expect(encoder.fromIds(dataset, all, [1, 4, 2])).toMatchObject({ text: null, words: ['word1', '?'] });
  });

  it.each([[[4, 24]], [[-1]], [[]]])('%j are refused', async (ids) => {
    const { encoder, dataset } = await encoderAndData();
    expect(() => encoder.fromIds(dataset, all, ids)).toThrow(
      expect.objectContaining({ code: 'input-invalid' }),
    );
  });
});
