/** Drafts: models as they are being edited, saved or not, each with the journal of its edits. */
import { z } from 'zod';
import { modelGraphSchema } from '../graph/graph.ts';
import { editStepSchema } from '../graph/history.ts';
import { done, method, nothing } from './method.ts';

const draftSchema = z.object({
  /** Given by whoever begins it. */
  id: z.string(),
  /** The model of the user's own it was opened from or saved as; null when it was never saved. */
  model: z.string().nullable(),
  graph: modelGraphSchema,
  journal: z.object({ steps: z.array(editStepSchema), done: z.number() }),
  version: z.number(),
  updatedAt: z.number(),
});
export type Draft = z.infer<typeof draftSchema>;

const draftEntrySchema = z.object({
  id: z.string(),
  model: z.string().nullable(),
  name: z.string(),
  layers: z.number(),
  updatedAt: z.number(),
});
export type DraftEntry = z.infer<typeof draftEntrySchema>;

export const draftsContract = {
  /** The one worked on last, or null where there is none. */
  'drafts.latest': method(nothing, draftSchema.nullable()),
  /** The draft of a saved model, or null where it has not been edited. */
  'drafts.find': method(z.object({ model: z.string() }), draftSchema.nullable()),
  'drafts.show': method(z.object({ id: z.string() }), draftSchema),
  /** The last worked on first. */
  'drafts.list': method(nothing, z.array(draftEntrySchema)),
  /**
   * Keeps a draft: its graph, and what the stored journal lacks (`journalChange`). `version` is the one last seen, 0 for a new
   * draft; another window's write in between is refused as `draft-changed`, and nothing is written.
   */
  'drafts.keep': method(
    z.object({
      id: z.string().min(1).max(100),
      model: z.string().nullable(),
      graph: modelGraphSchema,
      from: z.number().int().min(0),
      steps: z.array(editStepSchema),
      done: z.number().int().min(0),
      version: z.number().int().min(0),
    }),
    z.object({ version: z.number() }),
  ),
  'drafts.remove': method(z.object({ id: z.string() }), done),
};
