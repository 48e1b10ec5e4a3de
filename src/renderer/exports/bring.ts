/** Brings files of other programs, chosen in the page, into the workspace: models with their weights, and whole runs. */
import type { JobResult } from '../../shared/contract/index.ts';
import { toErrorValue, UnrollError, type ErrorValue } from '../../shared/errors.ts';
import { sessionToken } from '../client/token.ts';
import { jobs } from '../state/jobs.svelte.ts';

/** What the file dialog offers for a model, Unroll's own JSON included. */
export const MODEL_FILES = '.json,.keras,.h5,.hdf5,.zip,.unroll,application/json';

/** Where a copy of the file was sent to. */
async function send(file: File): Promise<string> {
  const answer = await fetch(`upload?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sessionToken()}` },
    body: file,
  });
  const { path: sent, ...error } = (await answer.json()) as { path?: string } & ErrorValue;
  if (sent === undefined) throw UnrollError.fromValue(error);
  return sent;
}

/** Says that a copy is no longer needed. One of which that is not heard is removed when the server ends. */
export function discardUpload(path: string): void {
  const headers = { authorization: `Bearer ${sessionToken()}` };
  void fetch(`upload?path=${encodeURIComponent(path)}`, { method: 'DELETE', headers }).catch(() => undefined);
}

/** Hands the file's path where the shell can tell it, else that of a copy, to `read`. @throws UnrollError with the file's own name in place of where it was sent to */
async function bring<T>(file: File, read: (path: string) => Promise<T>): Promise<T> {
  const own = window.unroll?.pathOf?.(file) ?? '';
  if (own !== '') return read(own);
  const path = await send(file);
  try {
    return await read(path);
  } catch (error) {
    const value = toErrorValue(error);
    throw UnrollError.fromValue({ ...value, message: value.message.replaceAll(path, file.name) });
  } finally {
    discardUpload(path);
  }
}

export const bringModel = (file: File): Promise<JobResult<'models.import'>> =>
  bring(file, (path) => jobs.run('models.import', { path }));
export const bringRun = (file: File): Promise<JobResult<'runs.import'>> =>
  bring(file, (path) => jobs.run('runs.import', { path }));
