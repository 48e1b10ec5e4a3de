/** One text through several runs as a table of text: the same in the terminal and in reports. */
import { formatMetric } from '../format.ts';
import { partingWord, type TraceRow } from './traces.ts';

/** A row a word, a column a run, and where they part; `?` beside what a run says of a word that only others know. */
export function traceLines(rows: readonly TraceRow[], runs: number): string[][] {
  const parting = runs > 1 ? partingWord(rows) : null;
  return rows.map(({ word, probabilities, unknown, split }, at) => [
    word,
    ...probabilities.map((value, i) => `${formatMetric(value)}${unknown[i] ? ' ?' : ''}`),
    ...(runs > 1 ? [markOf(split, at === parting)] : []),
  ]);
}

function markOf(split: boolean, parting: boolean): string {
  if (!split) return '';
  return parting ? 'they part' : 'they differ';
}
