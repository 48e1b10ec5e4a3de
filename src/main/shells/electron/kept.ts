/** What the desktop app keeps of its own for the next start, apart from any workspace: one small file in the user's profile. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import { z } from 'zod';

const RECENT_FILES = 10;

const keptSchema = z.object({
  window: z
    .object({
      x: z.number().int(),
      y: z.number().int(),
      width: z.number().int().min(200),
      height: z.number().int().min(200),
      maximized: z.boolean(),
    })
    .optional(),
  /** Paths of files that were opened, the newest first. */
  recent: z.array(z.string()).max(RECENT_FILES).default([]),
  /** Whether each start looks for a newer version. */
  looksForUpdates: z.boolean().default(false),
});
type Kept = z.infer<typeof keptSchema>;

const place = (): string => join(app.getPath('userData'), 'desktop.json');

/** What was kept; a file that is missing, or spoiled, is one that keeps nothing yet. */
export function readKept(): Kept {
  try {
    return keptSchema.parse(JSON.parse(readFileSync(place(), 'utf8')));
  } catch {
    return keptSchema.parse({});
  }
}

/** Never leaves half a file. A profile that cannot be written to costs the memory of these, and nothing else. */
export function keep(changes: Partial<Kept>): void {
  try {
    writeFileSync(`${place()}.new`, JSON.stringify({ ...readKept(), ...changes }, null, 2));
    renameSync(`${place()}.new`, place());
  } catch {
    return;
  }
}

/** Puts a file first among the recent ones. */
export function keepRecent(path: string): void {
  const others = readKept().recent.filter((other) => other !== path);
  keep({ recent: [path, ...others].slice(0, RECENT_FILES) });
}
