import { z } from 'zod';
import { datasetSchema, splitSchema } from '../data/dataset.ts';
import { done, jobMethod, method, nothing } from './method.ts';

export const DATA_FORMATS = ['keras-npz', 'aclimdb', 'csv', 'tsv', 'jsonl', 'series'] as const;
export const GENERATED_TASKS = ['recall', 'temporal-order', 'adding', 'parity', 'sentiment'] as const;

const nameSchema = z.string().min(1).max(200);

export const importInputSchema = z.object({
  path: z.string().min(1),
  name: nameSchema.optional(),
  format: z.enum(['auto', ...DATA_FORMATS]).default('auto'),
  wordIndex: z.string().optional(),
  textColumn: z.string().optional(),
  labelColumn: z.string().optional(),
});
export type ImportInput = z.infer<typeof importInputSchema>;

export const generateInputSchema = z.object({
  task: z.enum(GENERATED_TASKS),
  name: nameSchema.optional(),
  examples: z.number().int().min(10).max(1_000_000).default(5000),
  /** Steps a sequence (for `sentiment`: about how many words). */
  length: z.number().int().min(4).max(10_000).default(60),
  seed: z.number().int().min(0).default(1),
});
export type GenerateInput = z.infer<typeof generateInputSchema>;

/** What the data page draws. Lengths include the start id; `lengths[i]` counts sequences of `i * lengthStep` to below the next. */
export const datasetProfileSchema = z.object({
  dataset: datasetSchema,
  classCounts: z.object({ train: z.array(z.number()), test: z.array(z.number()) }),
  lengthStep: z.number(),
  lengths: z.array(z.number()),
  /** Sorted lengths' quantiles 0, 1, …, 100 %: the share cut by a max length is read from them. */
  lengthQuantiles: z.array(z.number()),
  /** Share of all words covered by the most frequent `words`. */
  coverage: z.array(z.object({ words: z.number(), share: z.number() })),
  meanLength: z.number(),
});
export type DatasetProfile = z.infer<typeof datasetProfileSchema>;

export const sampleSchema = z.object({
  index: z.number(),
  split: splitSchema,
  label: z.number(),
  labelName: z.string(),
  length: z.number(),
  /** The words, decoded (`?` for unknown), or the numbers of a series. */
  text: z.string(),
});

export const dataContract = {
  'data.list': method(nothing, z.array(datasetSchema)),
  'data.show': method(z.object({ name: z.string() }), datasetProfileSchema),
  'data.samples': method(
    z.object({
      name: z.string(),
      split: splitSchema,
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(100),
      num_words: z.number().int().nullable().default(null),
    }),
    z.array(sampleSchema),
  ),
  'data.import': jobMethod(importInputSchema, datasetSchema),
  'data.generate': jobMethod(generateInputSchema, datasetSchema),
  'data.rename': method(z.object({ name: z.string(), to: nameSchema }), datasetSchema),
  'data.remove': method(z.object({ name: z.string() }), done),
  /** Undo of remove, as long as the workspace is open. */
  'data.restore': method(z.object({ id: z.string() }), done),
  /** Where IMDB is to be had without asking: the workspace, Keras's cache folder, or nowhere. */
  'data.findImdb': method(
    nothing,
    z.object({
      dataset: z.string().nullable(),
      file: z.string().nullable(),
      wordIndex: z.string().nullable(),
    }),
  ),
};
