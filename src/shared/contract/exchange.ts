/** What comes from elsewhere and goes there: models of other programs, runs of another Unroll, and predictions for whole files. */
import { z } from 'zod';
import { modelGraphSchema } from '../graph/graph.ts';
import { jobMethod, method, nothing } from './method.ts';
import { compiledSchema } from '../training.ts';
import { modelEntrySchema } from './models.ts';
import { checkpointChoiceSchema, runSchema, whichCheckpointSchema } from './runs.ts';

/** A run's id or name, the name of a model with weights, or the path of a model file or of an exported bundle. */
const source = z.string().min(1);

export const PREDICTION_FORMATS = ['text', 'tokens', 'csv', 'tsv', 'jsonl'] as const;

export const predictionSchema = z.object({
  text: z.string().nullable(),
  /** One number for a sigmoid or linear output, several for softmax. */
  probabilities: z.array(z.number()),
  /** The words as the model saw them; unknown ones as `?`. */
  words: z.array(z.string()).nullable(),
});
export type Prediction = z.infer<typeof predictionSchema>;

export const exchangeContract = {
  /** A `.keras` or `.h5` file, a tfjs LayersModel, or Keras JSON becomes a model of the user's own, with its weights. */
  'models.import': jobMethod(
    z.object({ path: z.string().min(1), name: z.string().trim().min(1).max(200).optional() }),
    z.object({
      model: modelEntrySchema,
      /** Numbers in the weights that came with it; null where it came without. */
      weights: z.number().nullable(),
      /** How it was compiled there; null where the file does not say, or says what Unroll does not have. */
      compiled: compiledSchema.nullable(),
      /** What of the file is not kept, a sentence each; predictions do not depend on it. */
      notes: z.array(z.string()),
    }),
  ),
  /** The model in a text of Keras's (`model.to_json()`); nothing is kept of it. `notes` as of an import. */
  'models.read': method(
    z.object({ text: z.string().max(2 ** 24) }),
    z.object({ graph: modelGraphSchema, notes: z.array(z.string()) }),
  ),
  /** How a model was compiled where it came from; null for one that came from nowhere. */
  'models.compiled': method(z.object({ name: z.string() }), compiledSchema.nullable()),
  /**
   * What training a model as `graph` would begin from: the file its own weights came from, and the layers that begin anew
   * all the same, since they are not as they were there. Null for a model without weights of its own.
   */
  'models.beginning': method(
    z.object({ name: z.string(), graph: modelGraphSchema }),
    z.object({ source: z.string(), anew: z.array(z.string()), all: z.boolean() }).nullable(),
  ),
  /** Which checkpoint a prediction would take, and after how many epochs it was kept; null for a model, which has but one. */
  'predictions.checkpoint': method(
    z.object({ source, checkpoint: checkpointChoiceSchema }),
    z.object({ which: whichCheckpointSchema, epoch: z.number() }).nullable(),
  ),
  'predictions.score': jobMethod(
    z.object({
      source,
      checkpoint: checkpointChoiceSchema,
      texts: z.array(z.string()).optional(),
      tokens: z.array(z.array(z.number().int())).optional(),
      /** For a model of numbers: of each series its steps, of each step its numbers. */
      series: z.array(z.array(z.array(z.number()))).optional(),
    }),
    z.array(predictionSchema),
  ),
  /** Scores a file row by row, whatever its size, into another. */
  'predictions.file': jobMethod(
    z.object({
      source,
      checkpoint: checkpointChoiceSchema,
      path: z.string().min(1),
      /** `auto` goes by the file's ending; anything unknown is a text a line. */
      format: z.enum(['auto', ...PREDICTION_FORMATS]).default('auto'),
      textColumn: z.string().optional(),
      /** A table where it ends in `.csv`, else one JSON object a line. */
      out: z.string().min(1),
      /** Whether a file that is there gives way; never the one that is scored. */
      replace: z.boolean().default(false),
    }),
    z.object({
      path: z.string(),
      rows: z.number(),
      /** Rows that hold nothing to score; their answer is empty. */
      unscored: z.number(),
      /** What the answers are called there. */
      answers: z.array(z.string()),
      /** Whether the file has columns of the usual names itself, so that these are others. */
      renamed: z.boolean(),
    }),
  ),
  /** Where files that are saved usually go on this machine. */
  'exports.folder': method(nothing, z.object({ folder: z.string() })),
  /** A run that another Unroll exported, with its metrics and checkpoints, under a name that is free. */
  'runs.import': jobMethod(
    z.object({ path: z.string().min(1), name: z.string().min(1).max(200).optional() }),
    runSchema,
  ),
};
