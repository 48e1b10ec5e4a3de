/** The workspace as a whole: copies of it, whether it is intact, and what to send along with a problem. */
import { z } from 'zod';
import { jobMethod, method, nothing } from './method.ts';

export const checkProblemSchema = z.object({
  /** `pages`: what SQLite says; `references`: rows that point nowhere; `content`: a blob unlike its SHA-256; `epochs`: a run's. */
  kind: z.enum(['pages', 'references', 'content', 'epochs']),
  /** One sentence. */
  message: z.string(),
});
export type CheckProblem = z.infer<typeof checkProblemSchema>;

export const backupSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
});
export type Backup = z.infer<typeof backupSchema>;

export const repairSchema = z.object({
  /** What was done and what is lost, a sentence each; none where all was whole. */
  actions: z.array(z.string()),
  /** What could not be put right. */
  left: z.array(checkProblemSchema),
  /** The workspace as it was before; null where nothing was changed. */
  before: z.string().nullable(),
});
export type Repair = z.infer<typeof repairSchema>;

export const workspaceContract = {
  /** Copies the workspace while it is in use, by default into its folder `backups`. An existing file is not replaced. */
  'workspace.backup': jobMethod(z.object({ path: z.string().min(1).optional() }), backupSchema),
  /** The copies in the folder `backups`, newest first. */
  'workspace.backups': method(nothing, z.array(backupSchema)),
  /** Puts a copy in the place of all data, models and runs; what was there before is copied first. */
  'workspace.restore': jobMethod(z.object({ path: z.string().min(1) }), z.object({ before: z.string() })),
  'workspace.check': jobMethod(nothing, z.object({ problems: z.array(checkProblemSchema) })),
  'workspace.repair': jobMethod(nothing, repairSchema),
  /** What to send along with a problem: versions, machine, counts, errors and the log, no data, names or notes. */
  'workspace.report': method(nothing, z.object({ name: z.string(), text: z.string() })),
};
