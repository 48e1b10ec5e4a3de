/** What every importer is: it recognises a file and yields its examples in a stream; it writes nothing. */
import { setImmediate } from 'node:timers/promises';
import type { DATA_FORMATS, ImportInput } from '../../shared/contract/data.ts';
import type { Conventions, Example } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { Task } from '../../shared/training.ts';

export type DataFormat = (typeof DATA_FORMATS)[number];

/** How an import tells of itself and is cancelled. */
export interface ImportProgress {
  signal: AbortSignal;
  /** 0 to 1, or null where the length is unknown, and a few words on what is being done. */
  progress(fraction: number | null, detail: string): void;
}

export interface ImportContext extends ImportProgress {
  options: Omit<ImportInput, 'path' | 'format' | 'name'>;
}

/** Everything about the data but its examples, which follow as a stream, the train split before the test split. */
export interface ImportedData {
  suggestedName: string;
  kind: 'tokens' | 'values';
  width: number;
  task: Task;
  classes: string[];
  conventions: Conventions | null;
  /** Words by rank: `vocabulary[0]` has rank 1. Empty for `values`. */
  vocabulary: string[];
  hasTexts: boolean;
  source: Record<string, unknown>;
  examples: AsyncIterable<Example>;
  /** What may not be as it was meant, a sentence each; kept with the source. */
  doubts?: readonly string[];
}

export interface Importer {
  format: DataFormat;
  /** Whether this looks like a file (or folder) of this format; reads no more than its beginning. */
  match(path: string): Promise<boolean>;
  /** @throws UnrollError of the catalogue for a file that is damaged, unsafe or lacks labels. */
  read(path: string, context: ImportContext): Promise<ImportedData>;
}

/** @throws UnrollError `cancelled` once the user has cancelled; to be called between portions of work. */
export function stopIfCancelled(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new UnrollError('cancelled', { what });
}

/** Lets waiting events (progress, cancel, other requests) through; to be awaited between portions of work. */
export const letOthersRun = (): Promise<void> => setImmediate();
