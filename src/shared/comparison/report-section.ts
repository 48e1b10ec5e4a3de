/** What a report is made of. */
import type { Figure, FigureLine } from '../figures/figure.ts';
import type { Words } from '../statistics/words.ts';
import type { Comparison } from '../contract/compare.ts';
import type { RunLook } from './looks.ts';

export interface ReportSection {
  title: string;
  paragraphs: string[];
  /** Said of the figures, where they are drawn. */
  drawn?: string[];
  /** A header and rows of plain text. */
  table?: { header: string[]; rows: string[][] };
  figures?: Figure[];
}

/** How a run's line looks, with a CSS colour. */
export type LineLook = Pick<RunLook, 'mark'> & Pick<FigureLine, 'colour'>;

export const said = ({ meaning, caution }: Words): string => `${meaning} ${caution}`;

/** A run that a part of a report is not about. */
export interface LeftOut {
  id: string;
  /** Sentences. */
  reason: string;
}

/** Each run left out with its reason. */
export const leftOut = (runs: Comparison['runs'], left: readonly LeftOut[]): string[] =>
  left.map(({ id, reason }) => `${runs.find((run) => run.id === id)?.name ?? id} is left out. ${reason}`);

/**
 * A table of a header and rows.
 *
 * @param own how many cells of the header are words, which begin with a capital; the others are names
 */
export function tableOf(
  [header = [], ...rows]: string[][],
  own: number,
): { header: string[]; rows: string[][] } {
  const capitals = header.map((cell, i) => (i < own ? cell.charAt(0).toUpperCase() + cell.slice(1) : cell));
  return { header: capitals, rows };
}
