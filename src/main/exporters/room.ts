/** Whether an export may have the place it is to have: nothing of somebody else's gives way to it. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';
import type { Exporter, ExportFile } from './exporter.ts';
import { requireFree } from './place.ts';

/**
 * A file gives way to a file, and an earlier export to a folder, where that is asked for; an empty folder does in any case.
 * @throws UnrollError `file-exists`, `name-taken` for a file where a folder is to be or the reverse, `folder-of-others`
 */
export async function requireRoom(
  { ending, ownsFile }: Pick<Exporter, 'ending' | 'ownsFile'>,
  place: string,
  replace: boolean,
): Promise<void> {
  const found = await lstat(place).catch(() => null);
  if (found === null) return;
  const isFolder = found.isDirectory();
  if (isFolder !== (ending === ''))
    throw new UnrollError('name-taken', { kind: isFolder ? 'folder' : 'file', name: place });
  if (isFolder) {
    const entries = await readdir(place, { withFileTypes: true });
    const other = entries.find((entry) => !entry.isFile() || !ownsFile?.(entry.name));
    if (other) throw new UnrollError('folder-of-others', { path: place, name: other.name });
    if (entries.length === 0) return;
  }
  if (!replace) throw new UnrollError('file-exists', { path: place });
}

/**
 * Files beside the main one may belong to another export too, as the weights do to a script in Python and one in R: one that
 * is there already with the same bytes is no other's.
 * @throws UnrollError `file-exists`
 */
export async function requireRoomBeside(folder: string, files: readonly ExportFile[]): Promise<void> {
  for (const { name, content } of files) {
    const path = join(folder, name);
    const there = await readFile(path).catch(() => null);
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (!there?.equals(bytes)) requireFree([path]);
  }
}
