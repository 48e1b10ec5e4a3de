/** Finding runs by words, wherever they stand. */
import type { RunRow } from '../../../shared/history/rows.ts';

/** Whether every word occurs in the run's name, model, data, tags, notes or experiment, whatever its case. */
export function wordsFinder(text: string): (run: RunRow) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return () => true;
  return (run) => {
    const { name, model, dataset, status, sweep, tags, notes } = run;
    const all = `${name}\n${model}\n${dataset.name}\n${status}\n${sweep ?? ''}\n${tags.join('\n')}\n${notes}`;
    const folded = all.toLowerCase();
    return words.every((word) => folded.includes(word));
  };
}
