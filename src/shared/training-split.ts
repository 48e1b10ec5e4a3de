/** How many of a data set's training examples a run trains on, and how many it validates on. */
import type { Dataset } from './data/dataset.ts';
import { formatCount } from './format.ts';
import type { TrainingConfig } from './training.ts';

type Examples = Pick<Dataset, 'trainExamples'>;
type Settings = Pick<TrainingConfig, 'limit' | 'validation_split'>;

export interface TrainingSplit {
  /** Examples, the first of those used. */
  train: number;
  /** Examples, the last of those used. */
  validation: number;
}

/**
 * The first `floor(n (1 - validation_split))` of the n examples used are trained on and the others validated on, taken before any
 * shuffle, as Keras's `fit` does.
 */
export function trainingSplit(
  { trainExamples }: Examples,
  { limit, validation_split }: Settings,
): TrainingSplit {
  const used = Math.min(limit ?? trainExamples, trainExamples);
  const train = Math.floor(used * (1 - validation_split));
  return { train, validation: used - train };
}

/** Batches of an epoch, the last of them perhaps smaller. */
export function stepsPerEpoch(
  examples: Examples,
  { batch_size, ...settings }: Settings & Pick<TrainingConfig, 'batch_size'>,
): number {
  return Math.ceil(trainingSplit(examples, settings).train / Math.max(1, batch_size));
}

/** What a training split evaluated holds beside the examples trained on, in one sentence; null where it holds no others. */
export function trainedOnText(examples: Examples, settings: Settings): string | null {
  const { train, validation } = trainingSplit(examples, settings);
  if (train === examples.trainExamples) return null;
  const validated = validation > 0 ? ` and validated on ${formatCount(validation)}` : '';
  return `All ${formatCount(examples.trainExamples)} training examples of the data set; the run trained on ${formatCount(train)} of them${validated}.`;
}
