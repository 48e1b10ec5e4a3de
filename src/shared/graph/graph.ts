/**
 * A model is a directed acyclic graph of layers with exactly one output (the only node nothing consumes).
 * This is the form that is stored, edited, hashed and sent to the training child. Layer parameters carry
 * Keras's own names (`return_sequences`), so that summary, code and exports need no translation.
 */
import { z } from 'zod';

export const layerNodeSchema = z.object({
  /** Unique in the graph; also the Keras layer name (`embedding`, `lstm_1`). */
  id: z
    .string()
    .min(1, 'a layer has a name')
    .max(200, 'a layer name has at most 200 letters')
    .regex(
      /^[A-Za-z_][\w.\-/]*$/,
      'a layer name begins with a letter, a to z or A to Z, or with _, and goes on with these, digits, . and -, no spaces',
    ),
  /** Keras class name: `Embedding`, `LSTM`, … A key of the layer catalogue. */
  type: z.string().min(1).max(100),
  /** Parameters that differ from, or state, the layer's defaults; parsed by the layer's own schema. */
  config: z.record(z.string(), z.unknown()),
  /** The ids this layer reads, in order. Empty for Input. */
  inputs: z.array(z.string()),
  position: z.object({ x: z.number(), y: z.number() }).optional(),
});
export type LayerNode = z.infer<typeof layerNodeSchema>;

export const modelGraphSchema = z.object({
  format: z.literal('unroll-model'),
  version: z.literal(1),
  name: z.string().min(1).max(200),
  nodes: z.array(layerNodeSchema).max(2000),
});
export type ModelGraph = z.infer<typeof modelGraphSchema>;

/** Sizes of one example and batch; `null` is the batch, written None as Keras does. */
export type Shape = readonly (number | null)[];
