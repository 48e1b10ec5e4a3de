/** NAME_OR_FILE: a model of the workspace by its name, or a model file by its path. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { readModelFile } from '../../../shared/graph/model-file.ts';
import { UnrollError } from '../../../shared/errors.ts';
import type { Application } from '../../application.ts';
import { finishJob, type Session } from './session.ts';

/** @throws UnrollError `file-missing`, `model-invalid` */
function readModel(path: string): ModelGraph {
  try {
    return readModelFile(readFileSync(path, 'utf8'), path);
  } catch (cause) {
    throw cause instanceof UnrollError ? cause : new UnrollError('file-missing', { path }, { cause });
  }
}

const isFile = (text: string): boolean =>
  text.endsWith('.json') || (existsSync(text) && statSync(text).isFile());

/**
 * What `training.start` takes: the graph of a file of Unroll's own, else a name. A file of another program is brought into the
 * workspace first, with its weights, from which training then goes on.
 */
export async function modelSource(session: Session, nameOrFile: string): Promise<string | ModelGraph> {
  if (!isFile(nameOrFile)) return nameOrFile;
  if (isOwn(nameOrFile)) return readModel(nameOrFile);
  const { model, notes } = await finishJob(session, 'models.import', { path: nameOrFile });
  notes.forEach((note) => session.terminal.note(note));
  return model.name;
}

/** JSON other than Keras's or tensorflow.js's is read as Unroll's own, which then says what is wrong with it. */
function isOwn(path: string): boolean {
  if (!path.endsWith('.json')) return false;
  try {
    const json = JSON.parse(readFileSync(path, 'utf8')) as object;
    return !('class_name' in json || 'modelTopology' in json);
  } catch {
    return true;
  }
}

export async function findGraph(application: Application, nameOrFile: string): Promise<ModelGraph> {
  if (isFile(nameOrFile)) return readModel(nameOrFile);
  return (await application.call('models.show', { name: nameOrFile })).graph;
}
