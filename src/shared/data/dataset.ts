/**
 * How examples are described and packed. A data set has a train and a test split; each is stored in pieces of
 * a few thousand examples: all values behind one another, the offsets where each example starts, and the labels.
 */
import { z } from 'zod';
import { taskSchema } from '../training.ts';

export const splitSchema = z.enum(['train', 'test']);
export type Split = z.infer<typeof splitSchema>;

/** Ids 0 to index_from are reserved, as in Keras's IMDB: 0 padding, 1 start, 2 unknown; word of rank r has id r + index_from. */
export const conventionsSchema = z.object({
  /** Put in front of every sequence; null puts nothing. */
  start_char: z.number().int().nullable(),
  oov_char: z.number().int(),
  index_from: z.number().int(),
});
export type Conventions = z.infer<typeof conventionsSchema>;
export const KERAS_CONVENTIONS: Conventions = { start_char: 1, oov_char: 2, index_from: 3 };

export const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** `tokens`: int32 word ranks (1 the most frequent); `values`: float32, `width` numbers a step. */
  kind: z.enum(['tokens', 'values']),
  width: z.number().int().min(1),
  task: taskSchema,
  /** Class names in label order; empty for regression. */
  classes: z.array(z.string()),
  conventions: conventionsSchema.nullable(),
  /** Words with a rank; 0 for `values`. Ids go up to vocabularySize + index_from. */
  vocabularySize: z.number().int(),
  hasTexts: z.boolean(),
  trainExamples: z.number().int(),
  testExamples: z.number().int(),
  /** SHA-256 over the pieces' hashes: the identity of the content. */
  hash: z.string(),
  /** Where it came from: format, file name or task and its settings. */
  source: z.record(z.string(), z.unknown()),
  /** The longest sequence, including the start id. */
  longest: z.number().int(),
  createdAt: z.number(),
});
export type Dataset = z.infer<typeof datasetSchema>;

/** What importing found that may not be as it was meant, a sentence each. */
export function doubtsAbout({ source }: Pick<Dataset, 'source'>): string[] {
  const { doubts } = source;
  return Array.isArray(doubts) ? doubts.map(String) : [];
}

/** One example as importers yield it. Tokens are ranks from 1; 0 stands for a word without a rank (kept as unknown). */
export interface Example {
  split: Split;
  values: Int32Array | Float32Array;
  label: number;
  text?: string;
}

/** A piece as it is stored: little-endian arrays. `offsets` has examples + 1 entries, counted in steps. */
export interface Piece {
  values: Int32Array | Float32Array;
  offsets: Uint32Array;
  labels: Float32Array;
}
