/** What a user types or passes, as the ids a run's model reads, and the words those ids stand for. */
import type { Dataset } from '../shared/data/dataset.ts';
import { decodeIds, idCount, idsFromRanks, padSequences, sequenceLength } from '../shared/data/preprocess.ts';
import { UnrollError } from '../shared/errors.ts';
import { encodeText, rankByWord } from '../shared/text/tokenizer.ts';
import type { Preprocessing } from '../shared/training.ts';
import { readVocabulary } from './store/dataset-content.ts';
import type { ReadableDb } from './store/database.ts';

export interface EncodedSequence {
  text: string | null;
  /** Conventions applied, not yet padded. */
  ids: Int32Array;
  /** The words as the model sees them, after cutting; `?` for unknown ones. Null where the data set has no words. */
  words: string[] | null;
}

interface Vocabulary {
  dataset: string;
  words: string[];
  rankOf: Map<string, number>;
}

export class SequenceEncoder {
  readonly #db: ReadableDb;
  /** The last one used: the next text is most often for the same data set. */
  #vocabulary: Vocabulary | null = null;

  constructor(db: ReadableDb) {
    this.#db = db;
  }

  /** @throws UnrollError `text-empty`; `data-of-numbers` or `data-without-words` where the data set has no words */
  fromText(dataset: Dataset, preprocessing: Preprocessing, text: string): EncodedSequence {
    const { conventions } = dataset;
    const { words, rankOf } = this.#vocabularyOf(dataset);
    if (!conventions) throw new UnrollError('data-of-numbers', { data: dataset.name, what: 'a text' });
    if (words.length === 0) throw new UnrollError('data-without-words', { data: dataset.name });
    const ranks = encodeText(text, rankOf);
    if (ranks.length === 0) throw new UnrollError('text-empty');
    const ids = idsFromRanks(ranks, preprocessing.num_words, conventions);
    return { text, ids, words: this.#wordsSeen(dataset, preprocessing, ids) };
  }

  /** @throws UnrollError `input-invalid` for an id the model does not know; `data-of-numbers` */
  fromIds(dataset: Dataset, preprocessing: Preprocessing, ids: readonly number[]): EncodedSequence {
    const { conventions } = dataset;
    if (!conventions) throw new UnrollError('data-of-numbers', { data: dataset.name, what: 'ids of words' });
    const limit = idCount(preprocessing.num_words, conventions, dataset.vocabularySize);
    const wrong = ids.find((id) => id < 0 || id >= limit);
    if (wrong !== undefined || ids.length === 0) {
      const reason =
        wrong === undefined ? 'a sequence is empty.' : `id ${wrong} is not from 0 to ${limit - 1}.`;
      throw new UnrollError('input-invalid', { what: 'tokens', reason });
    }
    const sequence = Int32Array.from(ids);
    return { text: null, ids: sequence, words: this.#wordsSeen(dataset, preprocessing, sequence) };
  }

  /** One word an id, `<start>` for the start id and `?` for an unknown one; null where the data set has no words. */
  wordsOf(dataset: Dataset, ids: Iterable<number>): string[] | null {
    const { conventions } = dataset;
    const { words } = this.#vocabularyOf(dataset);
    if (!conventions || words.length === 0) return null;
    const { start_char, oov_char, index_from } = conventions;
    return Array.from(ids, (id) => {
      if (id === start_char) return '<start>';
      return (id === oov_char ? undefined : words[id - index_from - 1]) ?? '?';
    });
  }

  #wordsSeen(dataset: Dataset, preprocessing: Preprocessing, ids: Int32Array): string[] | null {
    const { words } = this.#vocabularyOf(dataset);
    if (!dataset.conventions || words.length === 0) return null;
    const seen = padSequences([ids], sequenceLength(preprocessing, dataset.longest), preprocessing);
    return decodeIds(seen, dataset.conventions, words);
  }

  #vocabularyOf({ id }: Dataset): Vocabulary {
    if (this.#vocabulary?.dataset !== id) {
      const words = readVocabulary(this.#db, id);
      this.#vocabulary = { dataset: id, words, rankOf: rankByWord(words) };
    }
    return this.#vocabulary;
  }
}
