/** Runs that begin from others: continued ones, and paired experiments. */
import { z } from 'zod';
import { gridSchema, leftOutSchema } from '../sweep.ts';
import { method } from './method.ts';
import { runSchema, startInputSchema, whichCheckpointSchema } from './runs.ts';

const name = z.string().min(1).max(120);

export const sweepInputSchema = z.object({
  /** A run whose data, split, order and settings are taken; or what a training is started with. */
  from: z.union([z.string(), startInputSchema.omit({ name: true })]),
  vary: gridSchema,
  /** What the experiment is called; a free name is found where there is none. */
  name: name.optional(),
});

export const experimentsContract = {
  /** A new run that goes on from a run's checkpoint, naming it as its parent. */
  'training.continue': method(
    z.object({
      run: z.string(),
      checkpoint: whichCheckpointSchema.default('last'),
      /** Epochs to train on top of those the checkpoint holds. */
      epochs: z.number().int().min(1).max(100_000),
      /** That in force in the checkpoint where it is left out. */
      learningRate: z.number().positive().optional(),
      name: name.optional(),
    }),
    runSchema,
  ),
  /**
   * Queues a run for every combination of the values, but for those that are one another's, that the run it is taken from has,
   * or that a finished run of the workspace has on the same data.
   */
  'training.sweep': method(
    sweepInputSchema,
    z.object({
      name: z.string(),
      /** The new runs, queued. */
      runs: z.array(runSchema),
      leftOut: z.array(leftOutSchema),
      /** The ids to compare: the run it was taken from, where there is one, then the others, those there were among them. */
      compare: z.array(z.string()),
    }),
  ),
};
