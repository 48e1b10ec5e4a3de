/** Texts and ids as a scorer's model reads them, and what it says to them. */
import type { Prediction } from '../../shared/contract/exchange.ts';
import { decodeIds, idsFromRanks, padSequences } from '../../shared/data/preprocess.ts';
import { UnrollError } from '../../shared/errors.ts';
import { encodeText } from '../../shared/text/tokenizer.ts';
import type { JobContext } from '../jobs.ts';
import type { Inference } from '../training/inference.ts';
import type { Scorer } from './scorer.ts';

export interface Encoded {
  text: string | null;
  /** Ids with conventions applied, or numbers; not yet padded. */
  sequence: Int32Array | Float32Array;
}

/** Characters of a text by which a message names it. */
const NAMED = 40;

/**
 * @param place which of several it is
 * @throws UnrollError `text-empty`; `input-invalid` for a text without words, or an empty one of several; and as `wordsOf`
 */
export function fromText(scorer: Scorer, text: string, place?: string): Encoded {
  const encoded = wordsOf(scorer, text);
  if (encoded) return encoded;
  const empty = text.trim() === '';
  if (empty && place === undefined) throw new UnrollError('text-empty');
  const named = `The text ${JSON.stringify(text.length > NAMED ? `${text.slice(0, NAMED)}…` : text)}`;
  const reason = empty ? 'it is empty.' : 'it holds no word.';
  throw new UnrollError('input-invalid', { what: place ?? named, reason });
}

/** @returns null for a text without words. @throws UnrollError `model-of-numbers`, `data-without-words` where the scorer knows no words */
export function wordsOf({ name, base, words, idLimit }: Scorer, text: string): Encoded | null {
  if (idLimit === null) throw new UnrollError('model-of-numbers', { name, what: 'a text' });
  if (!words) throw new UnrollError('data-without-words', { data: name });
  const ranks = encodeText(text, words.rankOf);
  if (ranks.length === 0) return null;
  return { text, sequence: idsFromRanks(ranks, base.preprocessing.num_words, words.conventions) };
}

/**
 * @param numbers ids, or for a model of numbers the values, step after step
 * @param place where they stand, for the error
 * @throws UnrollError `input-invalid`
 */
export function fromNumbers(
  { idLimit, width }: Scorer,
  numbers: readonly number[],
  place = 'tokens',
): Encoded {
  const invalid = (reason: string) => new UnrollError('input-invalid', { what: place, reason });
  if (numbers.length === 0) throw invalid('a sequence is empty.');
  if (idLimit === null) {
    if (numbers.length % width !== 0) throw invalid(`a sequence is no multiple of ${width} numbers.`);
    return { text: null, sequence: Float32Array.from(numbers) };
  }
  const wrong = numbers.find((id) => !Number.isInteger(id) || id < 0 || id >= idLimit);
  if (wrong !== undefined) throw invalid(`id ${wrong} is not from 0 to ${idLimit - 1}.`);
  return { text: null, sequence: Int32Array.from(numbers) };
}

/**
 * @param steps of a series, with as many numbers each as the model reads
 * @param place where it stands, for the error
 * @throws UnrollError `input-invalid`
 */
export function fromSteps(scorer: Scorer, steps: readonly (readonly number[])[], place = 'series'): Encoded {
  const { name, idLimit, width } = scorer;
  const invalid = (reason: string) => new UnrollError('input-invalid', { what: place, reason });
  if (idLimit !== null) throw invalid(`${name} reads ids of words, not series of numbers.`);
  const wrong = steps.findIndex(({ length }) => length !== width);
  if (wrong >= 0)
    throw invalid(`step ${wrong} has ${steps[wrong]!.length} numbers, and the model reads ${width}.`);
  return fromNumbers(scorer, steps.flat(), place);
}

/** The words the model sees of a sequence, after cutting; null where no words are known. */
function wordsSeen(
  { words, base: { preprocessing } }: Scorer,
  sequence: Encoded['sequence'],
): string[] | null {
  if (!words) return null;
  const seen = padSequences([sequence], preprocessing.maxlen ?? sequence.length, preprocessing);
  return decodeIds(seen, words.conventions, words.vocabulary);
}

/** @throws UnrollError as `Inference.predict` */
export async function score(
  inference: Inference,
  scorer: Scorer,
  encoded: readonly Encoded[],
  job: JobContext,
): Promise<Prediction[]> {
  const sequences = encoded.map(({ sequence }) => sequence);
  const { base, width } = scorer;
  const { probabilities, outputs } = await inference.predict({ ...base, sequences, width }, job);
  return encoded.map(({ text, sequence }, i) => ({
    text,
    probabilities: [...probabilities.subarray(i * outputs, (i + 1) * outputs)],
    words: wordsSeen(scorer, sequence),
  }));
}
