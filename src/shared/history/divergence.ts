/** Runs whose loss left what training comes back from, so that lists mark them. */
import { formatMetric } from '../format.ts';
import { metricTitle } from '../metric-names.ts';
import type { RunRow } from './rows.ts';

export interface Divergence {
  /** `diverged`: a number was no longer finite, and training failed. `exploded`: the loss grew, but stayed finite. */
  word: 'diverged' | 'exploded';
  /** What happened, in a sentence. */
  meaning: string;
}

/**
 * How many times its lowest value a loss ends at to count as exploded, where it also rose above where it began. That of the
 * validation examples grows with overfitting too, which is another matter.
 */
const EXPLODED: readonly (readonly [metric: string, times: number])[] = [
  ['loss', 10],
  ['val_loss', 100],
];

/**
 * A run that is judged by accuracy is trained on a cross-entropy: guessing among n classes costs ln n. This is ten times as
 * much as guessing among 150, which no training stays above, whatever its first epoch was like.
 */
const ABOVE_GUESSING = 50;

/** Of runs, those that a mean is taken over: one whose loss exploded would be all that is seen of it. All where each did. */
export function averaged<T>(runs: readonly T[], rowOf: (run: T) => RunRow): readonly T[] {
  const stayed = runs.filter((run) => divergenceOf(rowOf(run)) === null);
  return stayed.length === 0 ? runs : stayed;
}

/** After what a mean or a chart shows: how many runs are not in it because of their loss. */
export function leftOutText(runs: number): string {
  return runs > 0 ? `, ${runs} left out whose loss exploded` : '';
}

/** What became of a run's loss, or null where it stayed within what training does. */
export function divergenceOf(run: RunRow): Divergence | null {
  if (run.diverged)
    return { word: 'diverged', meaning: 'A number of the training was no longer finite, which ended it.' };
  for (const [name, times] of EXPLODED) {
    const [lowest, last] = [run.metric('min', name), run.metric('last', name)];
    if (lowest === null) continue;
    const before = `${metricTitle(name)} was ${formatMetric(lowest)} after epoch ${run.metric('epoch', name)}`;
    if (last === null || !Number.isFinite(last))
      return { word: 'diverged', meaning: `${before} and is no longer finite.` };
    const rose = (run.worstEpoch(name) ?? 0) > (run.metric('epoch', name) ?? Infinity);
    if (rose && last > times * Math.abs(lowest))
      return { word: 'exploded', meaning: `${before} and ${formatMetric(last)} after the last one.` };
  }
  const last = run.metric('last', 'loss');
  if (last === null || last <= ABOVE_GUESSING || run.metric('last', 'acc') === null) return null;
  return {
    word: 'exploded',
    meaning: `${metricTitle('loss')} was ${formatMetric(last)} after the last epoch, far above that of guessing.`,
  };
}
