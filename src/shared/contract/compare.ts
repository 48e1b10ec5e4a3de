import { z } from 'zod';
import { method } from './method.ts';
import { curvesSchema, runSchema } from './runs.ts';

export const comparisonSchema = z.object({
  runs: z.array(runSchema),
  curves: z.array(curvesSchema),
  /** One row per metric both runs have; differences are to the first run, the baseline. */
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
  /** Whether split, seed, order and preprocessing are the same, so that only the model differs. */
  controlled: z.boolean(),
  /** What keeps the runs from being compared fairly, one sentence each. */
  cautions: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const compareContract = {
  'compare.runs': method(z.object({ runs: z.array(z.string()).min(1).max(8) }), comparisonSchema),
};
