/** Whether a run's value of a metric may be held against the baseline's: the one rule of every table and chart. */
import type { TrainingConfig } from '../training.ts';

/** Lists of runs know the data alone, a comparison the training too. */
export interface ComparableRun {
  dataset: { hash: string };
  training?: Pick<TrainingConfig, 'loss' | 'validation_split' | 'limit'>;
}

/** What is not measured on the examples trained on. */
const OF_NO_EXAMPLES = new Set(['lr', 'cost']);

/**
 * Why a metric of a run must not be subtracted from the baseline's, in words that follow a colon or stand in brackets:
 * `other data`. Null where the difference means something.
 * @param metric Keras's name, `val_loss`; `epoch` for what an epoch costs, `cost` for what a step does
 */
export function notComparable(run: ComparableRun, baseline: ComparableRun, metric: string): string | null {
  if (run.dataset.hash !== baseline.dataset.hash) return 'other data';
  const [own, other] = [run.training, baseline.training];
  if (own === undefined || other === undefined) return null;
  const sameExamples = own.validation_split === other.validation_split && own.limit === other.limit;
  if (!sameExamples && metric.startsWith('val_')) return 'other validation examples';
  if (!sameExamples && !OF_NO_EXAMPLES.has(metric)) return 'other training examples';
  if (metric.endsWith('loss') && own.loss !== other.loss) return 'another loss';
  return null;
}
