/** Numeric sequences as a reader hands them over, whatever the file was. */
import type { Split } from '../../shared/data/dataset.ts';

/** A sequence as it was read: `width` numbers a step. */
export interface LabelledSeries {
  /** Its id in a long table. */
  name?: string;
  values: ArrayLike<number>;
  label: string;
  line: number;
}

/** What a file of series holds. */
export interface SeriesRead {
  all: LabelledSeries[];
  width: number;
  /** One for each series; without them some are held out. */
  splits?: Split[];
  /** What may not be as it was meant. */
  doubts?: string[];
}
