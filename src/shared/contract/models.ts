import { z } from 'zod';
import { modelGraphSchema } from '../graph/graph.ts';
import { done, method, nothing } from './method.ts';

export const modelEntrySchema = z.object({
  name: z.string(),
  title: z.string(),
  builtIn: z.boolean(),
  graph: modelGraphSchema,
  parameters: z.number().nullable(),
  updatedAt: z.number().nullable(),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

export const modelsContract = {
  'models.list': method(nothing, z.array(modelEntrySchema)),
  'models.show': method(z.object({ name: z.string() }), modelEntrySchema),
  /** Creates or replaces a model of the user's own; built-in names are refused. */
  'models.save': method(
    z.object({ name: z.string().min(1).max(200), graph: modelGraphSchema }),
    modelEntrySchema,
  ),
  'models.remove': method(z.object({ name: z.string() }), done),
  'models.restore': method(z.object({ name: z.string() }), done),
};
