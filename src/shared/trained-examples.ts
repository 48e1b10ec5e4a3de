/** How many of a data set's training examples a run was trained on, and how many it was validated on. */
import type { Dataset } from './data/dataset.ts';
import { formatCount } from './format.ts';
import type { TrainingConfig } from './training.ts';

/**
 * What a training split evaluated holds beside the examples trained on, in one sentence; null where it holds no others.
 * Of the examples used, the last are validated on, as Keras has it.
 */
export function trainedOnText(
  { trainExamples }: Pick<Dataset, 'trainExamples'>,
  { limit, validation_split }: Pick<TrainingConfig, 'limit' | 'validation_split'>,
): string | null {
  const used = Math.min(limit ?? trainExamples, trainExamples);
  const trained = Math.floor(used * (1 - validation_split));
  if (trained === trainExamples) return null;
  const validated = used > trained ? ` and validated on ${formatCount(used - trained)}` : '';
  return `All ${formatCount(trainExamples)} training examples of the data set; the run trained on ${formatCount(trained)} of them${validated}.`;
}
