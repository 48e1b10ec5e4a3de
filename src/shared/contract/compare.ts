import { z } from 'zod';
import { jobMethod, method } from './method.ts';
import { curvesSchema, runSchema } from './runs.ts';

const interval = z.object({ low: z.number(), high: z.number() });

const comparedLayer = z.object({
  id: z.string(),
  type: z.string(),
  family: z.string(),
  /** `(None, 500, 32)` */
  shape: z.string(),
  parameters: z.number(),
});
const modelDifferenceSchema = z.object({
  /** Layers side by side, in order; `first` is the baseline's. */
  rows: z.array(
    z.object({
      kind: z.enum(['same', 'changed', 'added', 'removed']),
      first: comparedLayer.nullable(),
      second: comparedLayer.nullable(),
      changes: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })),
    }),
  ),
});
export type ModelDifference = z.infer<typeof modelDifferenceSchema>;

export const comparisonSchema = z.object({
  runs: z.array(runSchema),
  curves: z.array(curvesSchema),
  /** One row per metric any run has; differences are to the first run, the baseline. */
  metrics: z.array(
    z.object({
      name: z.string(),
      /** `max` for accuracies, `min` for losses and errors. */
      better: z.enum(['max', 'min']),
      last: z.array(z.number().nullable()),
      best: z.array(z.number().nullable()),
      bestEpoch: z.array(z.number().nullable()),
    }),
  ),
  /** Only the settings that differ: path (`training.optimizer.learning_rate`) and the value in each run. */
  differences: z.array(z.object({ path: z.string(), values: z.array(z.unknown()) })),
  /** Whether split, seeds, order and preprocessing are the same, so that only the model differs. */
  controlled: z.boolean(),
  /** What keeps the runs from being compared fairly, one sentence each. */
  cautions: z.array(z.string()),
  /** Runs that differ only in their seed, by their places in `runs`; those of one run too. */
  groups: z.array(z.object({ name: z.string(), runs: z.array(z.number()), seeds: z.array(z.number()) })),
  /** The baseline's group against each other trained with at least two of its seeds, by the best of a metric. */
  seedTests: z.array(
    z.object({
      baseline: z.string(),
      other: z.string(),
      metric: z.string(),
      /** The other less the baseline. */
      differences: z.array(z.object({ seed: z.number(), difference: z.number() })),
      t: z.object({ pairs: z.number(), mean: z.number(), t: z.number(), p: z.number(), interval }).nullable(),
      wilcoxon: z.object({ pairs: z.number(), statistic: z.number(), p: z.number() }).nullable(),
      words: z.object({ meaning: z.string(), caution: z.string() }),
    }),
  ),
  /** Each run's model against the baseline's; the first is the baseline's against itself. */
  models: z.array(modelDifferenceSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const compareContract = {
  'compare.runs': method(z.object({ runs: z.array(z.string()).min(1).max(8) }), comparisonSchema),
  /** The comparison as one HTML page that needs nothing beside itself, or as Markdown. */
  'compare.report': jobMethod(
    z.object({
      runs: z.array(z.string()).min(1).max(8),
      format: z.enum(['html', 'markdown']),
      /** With the comparison on the test split, which evaluates the runs where that has not been done. */
      examples: z.boolean().default(false),
      /** With the gradient through time on the first test examples, which takes a second or two a run. */
      gradient: z.boolean().default(false),
      /** Followed word by word through each run. */
      text: z.string().optional(),
    }),
    z.object({ name: z.string(), content: z.string() }),
  ),
};
