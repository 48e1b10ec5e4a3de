/** What a maximum length and a vocabulary size mean for a data set, read from its profile. */
import type { Dataset, Conventions } from '../../../shared/data/dataset.ts';
import type { DatasetProfile } from '../../../shared/contract/data.ts';

type Lengths = Pick<DatasetProfile, 'lengths' | 'lengthStep'> & { dataset: Pick<Dataset, 'longest'> };

/** Sum of min(length, limit) over the whole numbers from `first` to `last`. */
function sumOfMinima(first: number, last: number, limit: number): number {
  const whole = Math.min(last, Math.max(limit, first - 1));
  const below = ((first + whole) * (whole - first + 1)) / 2;
  return below + (last - whole) * limit;
}

/**
 * What cutting and padding to `maxlen` does. Within a bar of the histogram lengths count as evenly spread, so that the
 * answer is exact where bars are one step wide.
 * @returns `cut`: share of sequences longer than `maxlen`; `padding`: share of the steps the model sees that are padding
 */
export function shares(
  { lengths, lengthStep, dataset }: Lengths,
  maxlen: number,
): { cut: number; padding: number } {
  let sequences = 0;
  let cut = 0;
  let filled = 0;
  lengths.forEach((count, bar) => {
    const first = bar * lengthStep;
    const last = Math.max(first, Math.min(first + lengthStep - 1, dataset.longest));
    const width = last - first + 1;
    const longer = Math.min(width, Math.max(0, last - maxlen));
    sequences += count;
    cut += (count * longer) / width;
    filled += (count * sumOfMinima(first, last, maxlen)) / width;
  });
  if (sequences === 0) return { cut: 0, padding: 0 };
  return { cut: cut / sequences, padding: 1 - filled / (sequences * maxlen) };
}

/** How many of the most frequent words `num_words` keeps: ids below it, less the reserved ones. */
export function wordsKept(numWords: number | null, conventions: Conventions, vocabularySize: number): number {
  if (numWords === null) return vocabularySize;
  return Math.max(0, Math.min(vocabularySize, numWords - conventions.index_from - 1));
}

/** The share of all words that are among the `words` most frequent, between the profile's points on a log scale. */
export function coverageAt(coverage: DatasetProfile['coverage'], words: number): number {
  const last = coverage.at(-1);
  if (last === undefined || words >= last.words) return last?.share ?? 1;
  let below = { words: 0, share: 0 };
  for (const point of coverage) {
    if (point.words >= words) {
      const from = Math.log1p(below.words);
      const part = (Math.log1p(words) - from) / (Math.log1p(point.words) - from || 1);
      return below.share + part * (point.share - below.share);
    }
    below = point;
  }
  return last.share;
}

/** What an example is called: reviews, sequences, series. */
export function exampleWord(dataset: Pick<Dataset, 'kind' | 'name' | 'source'>): string {
  const format = String(dataset.source['format'] ?? '');
  if (format === 'keras-npz' || format === 'aclimdb') return 'reviews';
  return dataset.kind === 'values' ? 'series' : 'sequences';
}
