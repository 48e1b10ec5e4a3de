import { z } from 'zod';
import { modelGraphSchema } from '../graph/graph.ts';
import { ENGINES, engineChoiceSchema, preprocessingSchema, trainingSchema } from '../training.ts';
import { splitSchema } from '../data/dataset.ts';
import { done, jobMethod, method } from './method.ts';

/**
 * queued → running → done; running ⇄ paused; running → stopped (by the user, resumable), failed (with an error),
 * interrupted (its process died; resumable).
 */
export const RUN_STATUSES = [
  'queued',
  'running',
  'paused',
  'done',
  'stopped',
  'failed',
  'interrupted',
] as const;
export const runStatusSchema = z.enum(RUN_STATUSES);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const errorValueSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });

export const whichCheckpointSchema = z.enum(['last', 'best']);
/** Left out: the best by the monitored metric, or the last while there is no best. */
export const checkpointChoiceSchema = whichCheckpointSchema.optional();

export const parentSchema = z.object({
  run: z.string(),
  name: z.string(),
  checkpoint: whichCheckpointSchema,
  epoch: z.number(),
});
export type Parent = z.infer<typeof parentSchema>;

export const runSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  model: z.string(),
  graph: modelGraphSchema,
  dataset: z.object({ id: z.string(), name: z.string(), hash: z.string() }),
  preprocessing: preprocessingSchema,
  training: trainingSchema,
  engine: z.string(),
  engineDetail: z.string().nullable(),
  threads: z.number().nullable(),
  machine: z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.string()),
  parameters: z.number(),
  epochsDone: z.number(),
  /** Epoch (from 1) of the best checkpoint by `training.monitor`; null before the first. */
  bestEpoch: z.number().nullable(),
  /** All metrics at that epoch: what the best checkpoint is worth. */
  atBestEpoch: z.record(z.string(), z.number()),
  /** Metrics of the last epoch. */
  last: z.record(z.string(), z.number()),
  /** Each metric's own best and the epoch (from 1) that reached it first, whatever the checkpoint was chosen by. */
  best: z.record(z.string(), z.number()),
  bestEpochs: z.record(z.string(), z.number()),
  /** Each metric's own worst, likewise: what tells a loss that went up from one that began high. */
  worst: z.record(z.string(), z.number()),
  worstEpochs: z.record(z.string(), z.number()),
  secondsPerEpoch: z.number().nullable(),
  /** The most memory training took, in bytes. */
  peakBytes: z.number().nullable(),
  weightsSha256: z.string().nullable(),
  error: errorValueSchema.nullable(),
  tags: z.array(z.string()),
  notes: z.string(),
  pinned: z.boolean(),
  archived: z.boolean(),
  /** Series colour, 1 to 8, the same on every screen. */
  colour: z.number(),
  /** The run it continues, by id and the name it had, and from which checkpoint and after how many epochs. */
  parent: parentSchema.nullable(),
  /** The paired experiment it was queued with, by name. */
  sweep: z.string().nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type Run = z.infer<typeof runSchema>;

/**
 * Curves as columns: `x` is the epoch (from 1) or the batch over all epochs (from 1). What is known by epoch only is empty or
 * missing for batches.
 */
export const curvesSchema = z.object({
  x: z.array(z.number()),
  series: z.record(z.string(), z.array(z.number().nullable())),
  /** Training and validation of the epoch, wall. */
  seconds: z.array(z.number()),
  learningRate: z.array(z.number()).optional(),
  /** The most memory taken up to the epoch's end. */
  peakBytes: z.array(z.number()).optional(),
  /** When the epoch ended, milliseconds since 1970. */
  at: z.array(z.number()).optional(),
});
export type Curves = z.infer<typeof curvesSchema>;

export const startInputSchema = z.object({
  /** A saved or built-in model's name, or a whole graph. */
  model: z.union([z.string(), modelGraphSchema]),
  data: z.string(),
  preprocessing: preprocessingSchema.default(preprocessingSchema.parse({})),
  training: trainingSchema.default(trainingSchema.parse({})),
  /** Take loss and metrics from the data's task where the training configuration does not state them. */
  lossFromData: z.boolean().default(false),
  /** Make the model's input, embedding and output fit the data first, as a template's always are. */
  fitToData: z.boolean().default(false),
  /** Take optimizer, loss and metrics from the file the model came from, where it was compiled there. */
  asCompiled: z.boolean().default(false),
  engine: engineChoiceSchema,
  threads: z.number().int().min(1).max(256).nullable().default(null),
  /** The graphics adapter, by all or part of its name; null takes the one in the settings, else the first. */
  device: z.string().min(1).max(200).nullable().default(null),
  name: z.string().min(1).max(200).optional(),
  /** Tell at the end where an epoch's time went (event `run.profile`, and the run's log). */
  profile: z.boolean().default(false),
});
export type StartInput = z.input<typeof startInputSchema>;

const run = z.object({ run: z.string() });

export const EXPORT_FORMATS = ['keras', 'h5', 'onnx', 'tfjs', 'python', 'r', 'bundle', 'run'] as const;
export const exportedSchema = z.object({
  format: z.enum(EXPORT_FORMATS),
  path: z.string(),
  /** Whose weights were written, and after how many epochs they were kept. */
  checkpoint: z.object({ which: whichCheckpointSchema, epoch: z.number() }),
  /**
   * Read back by other software, with the same predictions up to the difference given. False where nothing was compared, as
   * `check` says: a file that predicts differently is never kept.
   */
  verified: z.boolean(),
  maxAbsDifference: z.number().nullable(),
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
  /** What was done to check it, or why nothing was: `code is written, not run`. */
  check: z.string(),
});

export const evaluationSchema = z.object({
  loss: z.number(),
  acc: z.number().nullable(),
  examples: z.number(),
  split: splitSchema,
  checkpoint: whichCheckpointSchema,
  /** Complete epochs of that checkpoint. */
  epoch: z.number(),
});

export const runsContract = {
  'runs.list': method(z.object({ archived: z.boolean().default(false) }), z.array(runSchema)),
  'runs.show': method(run, runSchema),
  'runs.curves': method(
    z.object({ run: z.string(), by: z.enum(['epoch', 'batch']).default('epoch') }),
    curvesSchema,
  ),
  'runs.log': method(run, z.array(z.object({ at: z.number(), level: z.string(), message: z.string() }))),
  'runs.checkpoints': method(
    run,
    z.array(
      z.object({
        which: whichCheckpointSchema,
        epoch: z.number(),
        batch: z.number(),
        bytes: z.number(),
        createdAt: z.number(),
      }),
    ),
  ),
  'runs.edit': method(
    z.object({
      run: z.string(),
      name: z.string().min(1).max(200).optional(),
      tags: z.array(z.string().max(100)).max(50).optional(),
      notes: z.string().max(100_000).optional(),
      pinned: z.boolean().optional(),
      archived: z.boolean().optional(),
    }),
    runSchema,
  ),
  'runs.remove': method(z.object({ runs: z.array(z.string()).min(1) }), done),
  /** By id, or by the name they had; answers with their ids. */
  'runs.restore': method(
    z.object({ runs: z.array(z.string()).min(1) }),
    z.object({ runs: z.array(z.string()) }),
  ),

  /** Creates the run, queued; the supervisor starts it when its turn comes. */
  'training.start': method(startInputSchema, runSchema),
  'training.pause': method(run, runSchema),
  /** With an engine (and a device of it), from its last checkpoint on that one. */
  'training.resume': method(
    run.extend({ engine: z.enum(ENGINES).optional(), device: z.string().min(1).max(200).optional() }),
    runSchema,
  ),
  'training.stop': method(run, runSchema),
  /** Ends a training process that does not answer; the run can be resumed from what it had saved. */
  'training.end': method(run, runSchema),

  'runs.evaluate': jobMethod(
    z.object({
      run: z.string(),
      split: splitSchema.default('test'),
      checkpoint: checkpointChoiceSchema,
    }),
    evaluationSchema,
  ),
  'runs.export': jobMethod(
    z.object({
      run: z.string(),
      format: z.enum(EXPORT_FORMATS),
      path: z.string().min(1),
      checkpoint: checkpointChoiceSchema,
      /** Whether the examples go along, in a run file or beside a script. */
      data: z.boolean().default(false),
      /** Whether files of that name give way; else it is refused where there are some. */
      replace: z.boolean().default(false),
    }),
    exportedSchema,
  ),
  'runs.predict': jobMethod(
    z.object({
      run: z.string(),
      texts: z.array(z.string()).optional(),
      tokens: z.array(z.array(z.number().int())).optional(),
      checkpoint: checkpointChoiceSchema,
    }),
    z.array(
      z.object({
        text: z.string().nullable(),
        /** One number for a sigmoid or linear output, several for softmax. */
        probabilities: z.array(z.number()),
        /** The words as the model saw them; unknown ones as `?`. */
        words: z.array(z.string()).nullable(),
      }),
    ),
  ),
};
