import { z } from 'zod';
import { modelGraphSchema } from '../graph/graph.ts';
import { done, method, nothing } from './method.ts';

export const modelEntrySchema = z.object({
  name: z.string(),
  title: z.string(),
  builtIn: z.boolean(),
  /** One begins from a template and trains it fitted to the data; built-in models are templates. */
  template: z.boolean(),
  description: z.string(),
  graph: modelGraphSchema,
  parameters: z.number().nullable(),
  updatedAt: z.number().nullable(),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

/** A model as it was saved once; the highest number is how it is now. */
const revisionSchema = z.object({
  revision: z.number(),
  graph: modelGraphSchema,
  /** Null while something was wrong with it. */
  parameters: z.number().nullable(),
  createdAt: z.number(),
});
export type ModelRevision = z.infer<typeof revisionSchema>;

const nameSchema = z.string().trim().min(1).max(200);
const named = z.object({ name: z.string() });

export const modelsContract = {
  'models.list': method(nothing, z.array(modelEntrySchema)),
  'models.show': method(named, modelEntrySchema),
  /**
   * Creates or replaces a model of the user's own; built-in names are refused. What it was stays as a revision. Whether it
   * is a template, and its description, stay as they are where not given.
   */
  'models.save': method(
    z.object({
      name: nameSchema,
      graph: modelGraphSchema,
      template: z.boolean().optional(),
      description: z.string().max(2000).optional(),
    }),
    modelEntrySchema,
  ),
  /** Gives a model of the user's own another name, with its revisions and its draft. */
  'models.rename': method(z.object({ name: z.string(), to: nameSchema }), modelEntrySchema),
  /** The newest first. */
  'models.revisions': method(named, z.array(revisionSchema)),
  /** Makes an earlier revision the newest one; none is lost. */
  'models.restoreRevision': method(
    z.object({ name: z.string(), revision: z.number().int() }),
    modelEntrySchema,
  ),
  'models.remove': method(named, done),
  'models.restore': method(named, done),
};
