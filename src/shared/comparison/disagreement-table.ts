/** Where two runs disagree as a table of texts: the same in the terminal and in reports. */
import type { Disagreements } from '../contract/analysis.ts';
import { formatCount, formatShare } from '../format.ts';

/** Disagreements told of each pair of runs. */
export const DISAGREEMENTS_TOLD = 10;

/** Rows of plain text under `example`, `true`, a column a run and the text, whitespace made one, cut after `longest` letters. */
export function disagreementRows(
  { rows }: Disagreements,
  classes: readonly string[],
  longest: number,
): string[][] {
  const named = (label: number) => classes[label] ?? `class ${label}`;
  const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  return rows.map(({ index, label, said, confidence, text }) => [
    formatCount(index),
    named(label),
    ...said.map((one, i) => `${named(one)} ${formatShare(confidence[i])}`),
    shortened(text.replaceAll(/\s+/g, ' ')),
  ]);
}
