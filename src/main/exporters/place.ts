/** Where an export is written. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';

/** A mistyped folder is told, not made. @throws UnrollError `folder-missing` when `path` would lie in no folder there is */
export async function requireFolderOf(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UnrollError('folder-missing', { path: folder });
}
