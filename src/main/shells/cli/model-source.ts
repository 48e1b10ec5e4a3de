/** NAME_OR_FILE: a model of the workspace by its name, or a model file by its path. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { readModelFile } from '../../../shared/graph/model-file.ts';
import { UnrollError } from '../../../shared/errors.ts';
import type { Application } from '../../application.ts';

/** @throws UnrollError `file-missing`, `model-invalid` */
export function readModel(path: string): ModelGraph {
  try {
    return readModelFile(readFileSync(path, 'utf8'), path);
  } catch (cause) {
    throw cause instanceof UnrollError ? cause : new UnrollError('file-missing', { path }, { cause });
  }
}

const isFile = (text: string): boolean =>
  text.endsWith('.json') || (existsSync(text) && statSync(text).isFile());

/** What `training.start` takes: a file's graph itself, else the name. */
export function modelSource(nameOrFile: string): string | ModelGraph {
  return isFile(nameOrFile) ? readModel(nameOrFile) : nameOrFile;
}

export async function findGraph(application: Application, nameOrFile: string): Promise<ModelGraph> {
  const source = modelSource(nameOrFile);
  return typeof source === 'string'
    ? (await application.call('models.show', { name: source })).graph
    : source;
}
