/** The run a user names to evaluate, predict with or export. */
import type { Run } from '../shared/contract/runs.ts';
import { UnrollError } from '../shared/errors.ts';
import { isBuiltIn } from './models.ts';
import type { ReadableDb } from './store/database.ts';
import { findModel } from './store/models.ts';
import { readRun } from './store/runs.ts';

/** @throws UnrollError `model-untrained` where the name is a model's and no run's, `not-found` */
export function readTrainedRun(db: ReadableDb, idOrName: string, action: string): Run {
  try {
    return readRun(db, idOrName);
  } catch (error) {
    const isModel = isBuiltIn(idOrName) || findModel(db, idOrName) !== null;
    throw isModel ? new UnrollError('model-untrained', { model: idOrName, action }, { cause: error }) : error;
  }
}
