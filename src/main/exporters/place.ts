/** Where what is exported is written, and how it is kept from being seen before it is whole. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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

/** Nothing is written over by surprise. @throws UnrollError `file-exists` */
export function requireFree(paths: readonly string[]): void {
  const path = paths.find((one) => existsSync(one));
  if (path !== undefined) throw new UnrollError('file-exists', { path });
}

/** A folder may be shared with other machines, whose processes cannot be asked for. */
const MACHINE = hostname().replace(/[^\w-]/g, '_');

const beside = (place: string, ending: string): string =>
  `${place}.${MACHINE}.${process.pid}.${randomBytes(3).toString('hex')}.${ending}`;

/** Where something is written before it gets its place beside it: `model.keras.MACHINE.PROCESS.1f2e3d.part`. */
export const stageBeside = (place: string): string => beside(place, 'part');

/** Where what has a place steps aside until something new has it: `model.MACHINE.PROCESS.1f2e3d.before`. */
export const asideOf = (place: string): string => beside(place, 'before');

/**
 * Removes from the folder of `place` what processes of this machine left there that were killed while they wrote. What had
 * stepped aside goes back where nothing new has come to its place.
 */
export async function clearAbandoned(place: string): Promise<void> {
  const folder = dirname(place);
  const left = new RegExp(
    String.raw`^(.+)\.${MACHINE}\.(\d+)\.[0-9a-f]{6}\.(?:(before)|part(?:-journal|-wal|-shm)?)$`,
  );
  for (const name of await readdir(folder).catch(() => [])) {
    const [, of, pid, before] = left.exec(name) ?? [];
    if (of === undefined || isRunning(Number(pid))) continue;
    const goesBack = before !== undefined && !existsSync(join(folder, of));
    const path = join(folder, name);
    // What can be neither removed nor moved is in nobody's way.
    await (goesBack ? rename(path, join(folder, of)) : rm(path, { recursive: true, force: true })).catch(
      () => undefined,
    );
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
