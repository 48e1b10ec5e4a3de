/** Where the IMDB reviews are to be had without asking: in the workspace, or where Keras keeps what it downloads. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ReadableDb } from './store/database.ts';
import { listDatasets } from './store/datasets.ts';

export interface FoundImdb {
  /** The name of a data set in the workspace. */
  dataset: string | null;
  /** `imdb.npz` in Keras's folder. */
  file: string | null;
  /** `imdb_word_index.json` beside it. */
  wordIndex: string | null;
}

const IMDB_FORMATS: readonly unknown[] = ['keras-npz', 'aclimdb'];

/** @param environment `KERAS_HOME` stands in for `~/.keras`, as in Keras */
export function findImdb(db: ReadableDb, environment: NodeJS.ProcessEnv = process.env): FoundImdb {
  const dataset =
    listDatasets(db).find(({ source }) => IMDB_FORMATS.includes(source['format']))?.name ?? null;
  const folder = join(environment['KERAS_HOME'] ?? join(homedir(), '.keras'), 'datasets');
  const existing = (name: string) => (existsSync(join(folder, name)) ? join(folder, name) : null);
  return { dataset, file: existing('imdb.npz'), wordIndex: existing('imdb_word_index.json') };
}
