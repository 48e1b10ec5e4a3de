import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findImdb } from '../../../src/main/imdb.ts';
import { insertSmallDataset, temporaryFolder, temporaryWorkspace } from './workspace.ts';

describe('IMDB', () => {
  it("is found in Keras's folder, the word index beside it where there is one", () => {
    const { db } = temporaryWorkspace();
    const home = temporaryFolder();
    expect(findImdb(db, { KERAS_HOME: home })).toEqual({ dataset: null, file: null, wordIndex: null });
    mkdirSync(join(home, 'datasets'));
    writeFileSync(join(home, 'datasets', 'imdb.npz'), '');
    expect(findImdb(db, { KERAS_HOME: home })).toMatchObject({
      file: join(home, 'datasets', 'imdb.npz'),
      wordIndex: null,
    });
    writeFileSync(join(home, 'datasets', 'imdb_word_index.json'), '{}');
    expect(findImdb(db, { KERAS_HOME: home }).wordIndex).toBe(join(home, 'datasets', 'imdb_word_index.json'));
  });

  it('is found in the workspace by where it came from, whatever its name', async () => {
    const { db } = temporaryWorkspace();
    await insertSmallDataset(db, 'imdb');
    await insertSmallDataset(db, 'reviews');
    expect(findImdb(db, {}).dataset).toBeNull();
    db.prepare(`UPDATE datasets SET source = '{"format":"keras-npz"}' WHERE name = 'reviews'`).run();
    expect(findImdb(db, {}).dataset).toBe('reviews');
  });
});
