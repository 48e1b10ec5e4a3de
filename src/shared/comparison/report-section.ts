/** What a report is made of. */
import type { Figure, FigureLine } from '../figures/figure.ts';
import type { Words } from '../statistics/words.ts';
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
