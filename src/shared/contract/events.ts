import { z } from 'zod';
import { datasetSchema } from '../data/dataset.ts';
import { profileSchema } from '../profile.ts';
import { errorValueSchema, runSchema } from './runs.ts';

export const eventsContract = {
  /** A run was created or changed in any way but its curves. */
  'run.changed': runSchema,
  'runs.removed': z.object({ runs: z.array(z.string()) }),
  /** Many runs changed at once, or came back from the bin: read the list anew. */
  'runs.altered': z.object({ runs: z.array(z.string()) }),
  /** Several times a second while training. */
  'run.progress': z.object({
    run: z.string(),
    epoch: z.number(),
    epochs: z.number(),
    batch: z.number(),
    batches: z.number(),
    phase: z.enum(['train', 'validate']),
    logs: z.record(z.string(), z.number()),
    examplesPerSecond: z.number(),
    /** Seconds until the last epoch ends, from the pace so far; null before there is one. */
    etaSeconds: z.number().nullable(),
    /** Set where another process trains the run: what is not kept, as `run.gradient`, is told only there. */
    elsewhere: z.literal(true).optional(),
  }),
  /** An epoch is stored. */
  'run.epoch': z.object({
    run: z.string(),
    epoch: z.number(),
    logs: z.record(z.string(), z.number()),
    seconds: z.number(),
    learningRate: z.number(),
    peakBytes: z.number(),
    /** When it ended, milliseconds since 1970. */
    at: z.number(),
  }),
  /** A training process has not been heard of for so long; null: it is heard again, or has ended. */
  'run.silent': z.object({ run: z.string(), name: z.string(), seconds: z.number().nullable() }),
  /** Mean metrics over some batches; `step` counts batches over all epochs from 1. */
  'run.batch': z.object({ run: z.string(), step: z.number(), logs: z.record(z.string(), z.number()) }),
  /** Where the time of a run's epochs went, told before it ends. */
  'run.profile': z.object({ run: z.string(), profile: profileSchema }),
  /**
   * Now and then while training, and not kept: how far the loss reaches back. `norms` of dLoss/dh_t and, of a layer with a cell
   * state, `cellNorms` of dLoss/dc_t at each step of the padded input, the middle of a few training examples.
   */
  'run.gradient': z.object({
    run: z.string(),
    epoch: z.number(),
    batch: z.number(),
    layers: z.array(
      z.object({
        name: z.string(),
        cell: z.string(),
        norms: z.custom<Float32Array>(),
        cellNorms: z.custom<Float32Array>().optional(),
      }),
    ),
  }),
  'data.changed': z.object({ datasets: z.array(datasetSchema) }),
  'models.changed': z.object({}),
  /** A backup took the place of everything, or what was damaged was repaired: read all anew. */
  'workspace.replaced': z.object({}),
  'job.changed': z.object({
    job: z.string(),
    title: z.string(),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    /** 0 to 1, or null where the length is unknown. */
    progress: z.number().nullable(),
    detail: z.string(),
    result: z.unknown(),
    error: errorValueSchema.nullable(),
  }),
};
