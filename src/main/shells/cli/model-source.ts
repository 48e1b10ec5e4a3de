/** NAME_OR_FILE: a model of the workspace by its name, or a model file by its path. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { modelGraphSchema, type ModelGraph } from '../../../shared/graph/graph.ts';
import { UnrollError } from '../../../shared/errors.ts';
import type { Application } from '../../application.ts';

/** @throws UnrollError `file-missing`, or `file-damaged` when it is not a model file of Unroll */
export function readModelFile(path: string): ModelGraph {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UnrollError('file-missing', { path }, { cause });
  }
  try {
    return modelGraphSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnrollError('file-damaged', { path, reason: 'it is not a model file of Unroll.' }, { cause });
  }
}

const isFile = (text: string): boolean =>
  text.endsWith('.json') || (existsSync(text) && statSync(text).isFile());

/** What `training.start` takes: a file's graph itself, else the name. */
export function modelSource(nameOrFile: string): string | ModelGraph {
  return isFile(nameOrFile) ? readModelFile(nameOrFile) : nameOrFile;
}

export async function findGraph(application: Application, nameOrFile: string): Promise<ModelGraph> {
  const source = modelSource(nameOrFile);
  return typeof source === 'string'
    ? (await application.call('models.show', { name: source })).graph
    : source;
}
