/** Writes an export so that it is there as a whole and verified, or not at all. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import type { Check, CheckTools, Exporter, ExportFile, Trained } from './exporter.ts';
import { asideOf, clearAbandoned, requireFree, stageBeside } from './place.ts';
import { requireRoom, requireRoomBeside } from './room.ts';
import { agrees, largestDifference } from './verify.ts';

export interface Exported {
  path: string;
  /** Every file written, with its size in bytes. */
  files: { path: string; bytes: number }[];
  /** Whether it was read back by other software and predicted the same. */
  verified: boolean;
  /** The largest difference of any predicted number; null where nothing was predicted. */
  maxAbsDifference: number | null;
  /** What was done to check it. */
  check: string;
}

export interface Place {
  /** The file, or for a format of several files the folder. */
  path: string;
  /** Whether files that are there give way, or a folder with nothing but such an export. */
  replace: boolean;
}

/**
 * @throws UnrollError `file-exists`, `folder-of-others`, `export-unsupported`, `export-differs`, `name-taken`,
 * `path-not-writable`, `disk-full`, `cancelled`; nothing is left then
 */
export async function writeExport(
  exporter: Exporter,
  trained: Trained,
  { path, replace }: Place,
  job: JobContext,
  tools: Omit<CheckTools, 'signal'>,
): Promise<Exported> {
  const place = resolve(path);
  const stage = stageBeside(place);
  try {
    await clearAbandoned(place);
    job.progress(null, 'Writing');
    const files = await exporter.files(trained, basename(place));
    if (exporter.ending !== '' && !replace) {
      requireFree([place]);
      await requireRoomBeside(dirname(place), files.slice(1));
    }
    job.signal.throwIfAborted();
    await mkdir(stage);
    for (const { name, content } of files) await writeFile(join(stage, name), content);
    job.progress(0.5, 'Reading it back');
    const check = await exporter.check(stage, files, trained, { ...tools, signal: job.signal });
    const maxAbsDifference = difference(check, exporter, trained);
    job.signal.throwIfAborted();
    if (exporter.ending === '') {
      await requireRoom(exporter, place, replace);
      await moveFolder(stage, place);
    } else await moveAll(stage, dirname(place), files);
    return {
      path: place,
      files: sizes(exporter.ending === '' ? place : dirname(place), files),
      verified: maxAbsDifference !== null,
      maxAbsDifference,
      check: check.what,
    };
  } catch (error) {
    throw explained(error, place);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** @throws UnrollError `export-differs` */
function difference({ outputs }: Check, { format }: Exporter, { probe }: Trained): number | null {
  if (!outputs || !probe) return null;
  const largest = largestDifference(outputs, probe.expected);
  if (!agrees(outputs, probe.expected))
    throw new UnrollError('export-differs', { format, difference: largest });
  return largest;
}

const sizes = (folder: string, files: readonly ExportFile[]): Exported['files'] =>
  files.map(({ name, content }) => ({
    path: join(folder, name),
    bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
  }));

/**
 * An earlier export steps aside, and is removed only when the new one is there; else it goes back, by the next export into the
 * same folder where this process is killed between the two.
 */
async function moveFolder(stage: string, place: string): Promise<void> {
  const aside = existsSync(place) ? asideOf(place) : null;
  if (aside !== null) await rename(place, aside);
  try {
    await rename(stage, place);
  } catch (error) {
    if (aside !== null) await rename(aside, place);
    throw error;
  }
  if (aside !== null) await rm(aside, { recursive: true });
}

/** The main one comes last. Where one cannot be moved, those that were not there before are taken away again. */
async function moveAll(stage: string, folder: string, files: readonly ExportFile[]): Promise<void> {
  const added: string[] = [];
  try {
    for (const { name } of files.toReversed()) {
      const place = join(folder, name);
      const isNew = !existsSync(place);
      await rename(join(stage, name), place);
      if (isNew) added.push(place);
    }
  } catch (error) {
    for (const place of added) await rm(place);
    throw error;
  }
}

function explained(error: unknown, place: string): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (error instanceof UnrollError) return error;
  if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR'].includes(code))
    return new UnrollError('name-taken', { kind: 'folder', name: place }, { cause: error });
  if (['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENAMETOOLONG'].includes(code))
    return new UnrollError('path-not-writable', { path: place }, { cause: error });
  if (code === 'ENOSPC') return new UnrollError('disk-full', { path: place }, { cause: error });
  return error;
}
