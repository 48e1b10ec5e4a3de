/** What a training configuration will do with a data set, in numbers and in words. */
import type { DatasetProfile } from '../../../shared/contract/data.ts';
import { KERAS_CONVENTIONS, type Dataset } from '../../../shared/data/dataset.ts';
import type { Preprocessing, TrainingConfig } from '../../../shared/training.ts';
import { stepsPerEpoch, trainingSplit, type TrainingSplit } from '../../../shared/training-split.ts';
import { formatCount, formatShare } from '../../state/format.ts';
import { coverageAt, exampleWord, shares, wordsKept } from '../data/lengths.ts';

export interface Plan extends TrainingSplit {
  stepsPerEpoch: number;
  steps: number;
}

/** The examples and steps of a training. */
export function planOf(
  dataset: Pick<Dataset, 'trainExamples'>,
  settings: Pick<TrainingConfig, 'limit' | 'validation_split' | 'batch_size' | 'epochs'>,
): Plan {
  const steps = stepsPerEpoch(dataset, settings);
  return { ...trainingSplit(dataset, settings), stepsPerEpoch: steps, steps: steps * settings.epochs };
}

/** What `maxlen` means for this data, in one sentence. */
export function maxlenNote(profile: DatasetProfile, { maxlen, truncating, padding }: Preprocessing): string {
  const { longest } = profile.dataset;
  const length = maxlen ?? longest;
  const { cut, padding: padded } = shares(profile, length);
  const filled = `${formatShare(padded)} of the steps are padding, ${padding === 'pre' ? 'in front' : 'at the end'}.`;
  if (cut === 0) return `No sequence is cut: the longest has ${formatCount(longest)} steps. ${filled}`;
  const end = truncating === 'pre' ? 'at the front' : 'at the end';
  return `Sequences longer than ${formatCount(length)} are cut ${end}: ${formatShare(cut)} of ${exampleWord(profile.dataset)}. ${filled}`;
}

/** What `num_words` means for this data, in one sentence. */
export function numWordsNote(profile: DatasetProfile, { num_words }: Preprocessing): string {
  const { conventions, vocabularySize } = profile.dataset;
  const kept = wordsKept(num_words, conventions ?? KERAS_CONVENTIONS, vocabularySize);
  if (kept >= vocabularySize) return `All ${formatCount(vocabularySize)} words are kept.`;
  return `The ${formatCount(kept)} most frequent of ${formatCount(vocabularySize)} words are kept: ${formatShare(coverageAt(profile.coverage, kept))} of the text.`;
}

/** Seeds as typed: `1`, `1, 2, 3` or `1-5`. Null where the text is none. */
export function readSeeds(text: string): number[] | null {
  const seeds: number[] = [];
  for (const part of text.split(/[\s,;]+/).filter((word) => word !== '')) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (range === null) return null;
    const from = Number(range[1]);
    const to = Number(range[2] ?? range[1]);
    if (to >= 2 ** 32 || to < from || to - from >= MOST_SEEDS) return null;
    for (let seed = from; seed <= to; seed++) seeds.push(seed);
  }
  const distinct = [...new Set(seeds)];
  return distinct.length > 0 && distinct.length <= MOST_SEEDS ? distinct : null;
}

/** More runs of one configuration say nothing more about its spread. */
const MOST_SEEDS = 100;
