/** The history of runs as a whole: columns instead of objects, so that ten thousand runs are there at once. */
import { z } from 'zod';
import { done, method, nothing } from './method.ts';
import { curvesSchema } from './runs.ts';

const numbers = z.instanceof(Float64Array);
const codes = z.instanceof(Uint32Array);
const settingSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Runs not in the bin, newest first; every array has an entry a run, NaN where there is no number. */
export const runTableSchema = z.object({
  ids: z.array(z.string()),
  names: z.array(z.string()),
  /** Texts that many runs share: `values[codes[i]]`. */
  texts: z.record(
    z.enum(['status', 'model', 'data', 'dataHash', 'engine', 'sweep']),
    z.object({ values: z.array(z.string().nullable()), codes }),
  ),
  numbers: z.record(
    z.enum([
      'epochs',
      'epochsDone',
      'parameters',
      'bestEpoch',
      'secondsPerEpoch',
      'peakBytes',
      'colour',
      'pinned',
      'archived',
      'createdAt',
      'startedAt',
      'endedAt',
    ]),
    numbers,
  ),
  /** By metric: its value after the last epoch, its lowest and highest, and the epochs that reached them first. */
  metrics: z.record(
    z.string(),
    z.object({
      last: numbers,
      lowest: numbers,
      lowestEpoch: numbers,
      highest: numbers,
      highestEpoch: numbers,
    }),
  ),
  /** Only of the runs that have any, by their place in `ids`. */
  tags: z.array(z.object({ at: z.number(), tags: z.array(z.string()) })),
  notes: z.array(z.object({ at: z.number(), notes: z.string() })),
  /** Places of the runs whose training failed because its numbers were no longer finite. */
  diverged: z.array(z.number()),
});
export type RunTable = z.infer<typeof runTableSchema>;

/** Every setting of every run by its path, `training.optimizer.learning_rate`: `values[codes[i]]` for the run `ids[i]`. */
export const runSettingsSchema = z.object({
  ids: z.array(z.string()),
  columns: z.array(z.object({ path: z.string(), values: z.array(settingSchema), codes })),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

const runs = z.array(z.string()).min(1).max(100_000);

export const historyContract = {
  'runs.table': method(nothing, runTableSchema),
  'runs.settings': method(nothing, runSettingsSchema),
  /** Curves by epoch of several runs at once, in the order asked for. */
  'runs.overlay': method(
    z.object({ runs: z.array(z.string()).max(500) }),
    z.array(z.object({ run: z.string(), curves: curvesSchema })),
  ),
  /** One change to many runs. */
  'runs.change': method(
    z.object({
      runs,
      archived: z.boolean().optional(),
      pinned: z.boolean().optional(),
      addTags: z.array(z.string().min(1).max(100)).max(50).default([]),
      removeTags: z.array(z.string()).max(50).default([]),
    }),
    done,
  ),
};
