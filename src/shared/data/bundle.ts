/** `preprocessing.json` of an exported bundle: how sequences are prepared for its model, and what its outputs mean. */
import { z } from 'zod';
import { preprocessingSchema, taskSchema } from '../training.ts';
import { conventionsSchema } from './dataset.ts';

export const bundlePreprocessingSchema = preprocessingSchema.extend({
  format: z.literal('unroll-preprocessing'),
  version: z.literal(1),
  kind: z.enum(['tokens', 'values']),
  width: z.number().int().min(1),
  maxlen: z.number().int().min(1).max(100_000),
  conventions: conventionsSchema.nullable(),
  task: taskSchema,
  classes: z.array(z.string()),
});
export type BundlePreprocessing = z.infer<typeof bundlePreprocessingSchema>;
