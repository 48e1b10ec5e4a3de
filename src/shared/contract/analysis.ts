/** What a trained run does, example by example and step by step, and where two runs part. */
import { z } from 'zod';
import { splitSchema } from '../data/dataset.ts';
import { jobMethod, method } from './method.ts';
import { whichCheckpointSchema } from './runs.ts';

const numbers = z.custom<Float32Array>((value) => value instanceof Float32Array);
const interval = z.object({ low: z.number(), high: z.number() });
const words = z.object({ meaning: z.string(), caution: z.string() });
const which = {
  split: splitSchema.default('test'),
  checkpoint: whichCheckpointSchema.default('best'),
};

/** An evaluated split: everything the panels draw is counted from it. */
const predictionsSchema = z.object({
  loss: z.number(),
  acc: z.number().nullable(),
  outputs: z.number(),
  /** examples x outputs. */
  predictions: numbers,
  labels: numbers,
  /** When it was evaluated, in milliseconds since 1970. */
  at: z.number(),
});
export type Predictions = z.infer<typeof predictionsSchema>;

/** The prediction after each word: what the model says of the text up to there. */
const traceSchema = z.object({
  /** Each word as the model sees it; `?` for an unknown one. */
  words: z.array(z.string()),
  /** As many as words; each one number for a sigmoid or linear output, several for softmax. */
  predictions: z.array(z.array(z.number())),
});
export type Trace = z.infer<typeof traceSchema>;

const layerFlowSchema = z.object({
  /** The layer, or one direction of a Bidirectional: `bidirectional/forward`. */
  name: z.string(),
  cell: z.string(),
  units: z.number(),
  examples: z.number(),
  steps: z.number(),
  /** examples x steps: the Euclidean norm of dLoss/dh_t; the loss is each example's own. */
  norms: numbers,
  /** The same of dLoss/dc_t, of a layer that has a cell state. */
  cellNorms: numbers.optional(),
  /** steps x units, of the first example. */
  states: numbers,
  gates: z.array(z.object({ name: z.string(), values: numbers })),
});
const flowSchema = z.object({
  layers: z.array(layerFlowSchema),
  examples: z.array(
    z.object({
      /** Its place in the split; null for a typed text. */
      index: z.number().nullable(),
      label: z.number(),
      prediction: z.array(z.number()),
      /** The first and, exclusive, the last step of the padded sequence that is real. */
      from: z.number(),
      to: z.number(),
    }),
  ),
  /** The first example's word at every real step; null for numbers and data without words. */
  words: z.array(z.string()).nullable(),
});
export type Flow = z.infer<typeof flowSchema>;
export type LayerFlow = z.infer<typeof layerFlowSchema>;

const examplesSchema = z.object({
  examples: z.number(),
  /** `accuracy`: shares of right answers; `error`: mean absolute errors. */
  measure: z.enum(['accuracy', 'error']),
  /** The runs that could be compared, the baseline first. */
  runs: z.array(
    z.object({ id: z.string(), mean: z.number(), interval: interval.nullable(), loss: z.number() }),
  ),
  /** Those that could not, and why. */
  left: z.array(z.object({ id: z.string(), reason: z.string() })),
  /** By sequence length, in steps before cutting; `results` in the order of `runs`. */
  lengths: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      examples: z.number(),
      results: z.array(z.object({ mean: z.number().nullable(), interval: interval.nullable() })),
    }),
  ),
  lengthWords: words,
  /** Each other run against the baseline. */
  pairs: z.array(
    z.object({
      id: z.string(),
      counts: z
        .object({ both: z.number(), onlyBaseline: z.number(), onlyOther: z.number(), neither: z.number() })
        .nullable(),
      mcnemar: z
        .object({ exactP: z.number(), chiSquare: z.number(), chiSquareP: z.number(), words })
        .nullable(),
      bootstrap: interval.extend({ mean: z.number(), resamples: z.number(), words }).nullable(),
    }),
  ),
});
export type ExamplesComparison = z.infer<typeof examplesSchema>;

const disagreementsSchema = z.object({
  total: z.number(),
  rows: z.array(
    z.object({
      index: z.number(),
      label: z.number(),
      /** The classes said, and the probability each run gave to the class it said. */
      said: z.tuple([z.number(), z.number()]),
      confidence: z.tuple([z.number(), z.number()]),
      length: z.number(),
      text: z.string(),
    }),
  ),
});
export type Disagreements = z.infer<typeof disagreementsSchema>;

export const MOST_FLOW_EXAMPLES = 32;

export const analysisContract = {
  /** What `runs.evaluate` kept, or null where this checkpoint has not been evaluated on the split. */
  'analysis.predictions': method(z.object({ run: z.string(), ...which }), predictionsSchema.nullable()),
  'analysis.trace': jobMethod(
    z.object({ run: z.string(), text: z.string(), checkpoint: which.checkpoint }),
    traceSchema,
  ),
  /** Gradient and memory through time, for examples of a split or for one typed text. */
  'analysis.flow': jobMethod(
    z.object({
      run: z.string(),
      ...which,
      /** Places in the split. */
      examples: z.array(z.number().int().min(0)).max(MOST_FLOW_EXAMPLES).default([]),
      text: z.string().optional(),
      /** The text's class or value; without it, what the model itself says. */
      label: z.number().optional(),
    }),
    flowSchema,
  ),
  /** Evaluates what has not been, then compares example by example. */
  'analysis.examples': jobMethod(
    z.object({ runs: z.array(z.string()).min(1).max(8), ...which }),
    examplesSchema,
  ),
  /** Of two runs that `analysis.examples` has compared. */
  'analysis.disagreements': jobMethod(
    z.object({
      runs: z.tuple([z.string(), z.string()]),
      ...which,
      from: z.number().int().min(0).default(0),
      count: z.number().int().min(1).max(100).default(20),
    }),
    disagreementsSchema,
  ),
};
