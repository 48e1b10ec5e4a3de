import { describe, expect, it } from 'vitest';
import type { ImportedData } from '../../../../src/main/importers/importer.ts';
import type { WritableDb } from '../../../../src/main/store/database.ts';
import { openWorkspace } from '../../../../src/main/store/database.ts';
import { readPieces, readTexts, readVocabulary } from '../../../../src/main/store/dataset-content.ts';
import { datasetProfile, datasetSamples } from '../../../../src/main/store/dataset-profile.ts';
import { discardUnfinished, insertDataset } from '../../../../src/main/store/dataset-writer.ts';
import {
  datasetById,
  datasetByName,
  findDataset,
  listDatasets,
  purgeRemoved,
  removeDataset,
  renameDataset,
  restoreDataset,
} from '../../../../src/main/store/datasets.ts';
import { createRun } from '../../../../src/main/store/runs.ts';
import { readSettings, writeSetting } from '../../../../src/main/store/settings.ts';
import { KERAS_CONVENTIONS, type Example, type Split } from '../../../../src/shared/data/dataset.ts';
import { insertSmallDataset, newRun, temporaryWorkspace } from '../workspace.ts';

const going = { signal: new AbortController().signal };
const rejects = (code: string) => expect.objectContaining({ code });

/** Examples of one to three ranks; the text is the ranks in words. */
function numbered(split: Split, count: number): Example[] {
  return Array.from({ length: count }, (_, index) => {
    const values = Int32Array.from({ length: 1 + (index % 3) }, (_step, step) => ((index + step) % 9) + 1);
    return { split, values, label: index % 2, text: `${split} ${index}: ${values.join(' ')}` };
  });
}

function imported(examples: Iterable<Example>, changes: Partial<ImportedData> = {}): ImportedData {
  async function* stream(): AsyncGenerator<Example> {
    yield* examples;
  }
  return {
    ...{ suggestedName: 'own', kind: 'tokens', width: 1, task: 'binary', classes: ['no', 'yes'] },
    ...{
      conventions: KERAS_CONVENTIONS,
      vocabulary: [...'abcdefghi'],
      hasTexts: true,
      source: { format: 'test' },
    },
    examples: stream(),
    ...changes,
  };
}

function rowsLeft(db: WritableDb): number {
  const tables = ['datasets', 'dataset_pieces', 'dataset_texts', 'vocabularies'];
  return tables.reduce(
    (sum, table) => sum + (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n,
    0,
  );
}

describe('a data set', () => {
  it('takes the filters of saved views along to its new name', async () => {
    const { db } = temporaryWorkspace();
    const { name } = await insertSmallDataset(db);
    const view = (filter: string) => ({ name: 'mine', query: { filter, columns: 'name' } });
    writeSetting(db, 'runs.views', [view(`data = "${name}"`), { name: 'all', query: { q: 'x' } }]);
    renameDataset(db, name, 'renamed');
    expect(readSettings(db)['runs.views']).toEqual([
      view('data = "renamed"'),
      { name: 'all', query: { q: 'x' } },
    ]);
  });

  it('comes back as it was put in, over several pieces', async () => {
    const { db } = temporaryWorkspace();
    const examples = [...numbered('train', 4500), ...numbered('test', 7)];
    const dataset = await insertDataset(db, 'own', imported(examples), going);
    expect(dataset).toMatchObject({
      name: 'own',
      trainExamples: 4500,
      testExamples: 7,
      longest: 4,
      vocabularySize: 9,
    });
    expect(datasetByName(db, 'own')).toEqual(dataset);
    expect(listDatasets(db)).toEqual([dataset]);
    for (const split of ['train', 'test'] as const) {
      const pieces = readPieces(db, dataset.id, split);
      const stored = pieces.flatMap(({ values, offsets, labels }, piece) => {
        const texts = readTexts(db, dataset.id, split, piece) ?? [];
        return Array.from(labels, (label, at) => {
          return { split, values: values.slice(offsets[at], offsets[at + 1]), label, text: texts[at] };
        });
      });
      expect(stored).toEqual(examples.filter((example) => example.split === split));
    }
    expect(readVocabulary(db, dataset.id)).toEqual([...'abcdefghi']);
  });

  it('has a hash that tells its content, not its name', async () => {
    const { db } = temporaryWorkspace();
    const hashOf = async (name: string, examples: Example[]) =>
      (await insertDataset(db, name, imported(examples), going)).hash;
    const first = await hashOf('one', [...numbered('train', 10), ...numbered('test', 4)]);
    expect(await hashOf('two', [...numbered('train', 10), ...numbered('test', 4)])).toBe(first);
    expect(await hashOf('three', [...numbered('train', 11), ...numbered('test', 4)])).not.toBe(first);
    expect(await hashOf('four', numbered('train', 14))).not.toBe(first);
  });

  it('may hold values of several numbers a step, without words and texts', async () => {
    const { db } = temporaryWorkspace();
    const values = Float32Array.of(0.5, 1, 1.5, 2);
    const series: Partial<ImportedData> = { kind: 'values', width: 2, task: 'regression', classes: [] };
    const none: Partial<ImportedData> = { conventions: null, vocabulary: [], hasTexts: false };
    const data = imported([{ split: 'train', values, label: 0.25 }], { ...series, ...none });
    const dataset = await insertDataset(db, 'series', data, going);
    expect(dataset).toMatchObject({ longest: 2, vocabularySize: 0, testExamples: 0 });
    expect(readPieces(db, dataset.id, 'train')).toEqual([
      { values, offsets: Uint32Array.of(0, 2), labels: Float32Array.of(0.25) },
    ]);
    expect(readTexts(db, dataset.id, 'train', 0)).toBeNull();
  });

  it('is refused without examples, and under a name that is taken', async () => {
    const { db } = temporaryWorkspace();
    await expect(insertDataset(db, 'empty', imported([]), going)).rejects.toEqual(rejects('data-empty'));
    expect(rowsLeft(db)).toBe(0);
    await insertSmallDataset(db, 'own');
    await expect(insertDataset(db, 'own', imported(numbered('train', 3)), going)).rejects.toEqual(
      rejects('name-taken'),
    );
  });

  it.each(['dataset_pieces SET data', 'dataset_texts SET texts', 'vocabularies SET words'])(
    'is refused when %s was changed behind its back',
    async (column) => {
      const { db } = temporaryWorkspace();
      const { id } = await insertDataset(db, 'own', imported(numbered('train', 5)), going);
      db.prepare(`UPDATE ${column} = x'00'`).run();
      const readAll = () => [
        readPieces(db, id, 'train'),
        readTexts(db, id, 'train', 0),
        readVocabulary(db, id),
      ];
      expect(readAll).toThrow(rejects('workspace-damaged'));
    },
  );
});

describe('an import that does not end well leaves nothing', () => {
  it('when it is cancelled between two pieces', async () => {
    const { db } = temporaryWorkspace();
    const abort = new AbortController();
    function* cancelling(): Generator<Example> {
      for (const [index, example] of numbered('train', 6000).entries()) {
        if (index === 3000) abort.abort();
        yield example;
      }
    }
    const inserting = insertDataset(db, 'own', imported(cancelling()), { signal: abort.signal });
    await expect(inserting).rejects.toEqual(rejects('cancelled'));
    expect(rowsLeft(db)).toBe(0);
  });

  it('when the source fails, and is not seen while it is written', async () => {
    const { db } = temporaryWorkspace();
    const seen: unknown[] = [];
    function* failing(): Generator<Example> {
      yield* numbered('train', 4500);
      seen.push(listDatasets(db), findDataset(db, 'own'), rowsLeft(db) > 2);
      throw new Error('cut off');
    }
    await expect(insertDataset(db, 'own', imported(failing()), going)).rejects.toThrow('cut off');
    expect(seen).toEqual([[], null, true]);
    expect(rowsLeft(db)).toBe(0);
  });

  it('when the disk is full', async () => {
    const { db, path } = temporaryWorkspace();
    await insertSmallDataset(db, 'before');
    const rows = rowsLeft(db);
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages + 20}`);
    const inserting = insertDataset(db, 'own', imported(numbered('train', 50_000)), going);
    await expect(inserting).rejects.toMatchObject({
      code: 'workspace-full',
      message: expect.stringContaining(path),
    });
    expect(rowsLeft(db)).toBe(rows);
    expect(listDatasets(db).map(({ name }) => name)).toEqual(['before']);
  });

  it('when its process died: found at a later start, once it is old enough to be sure', async () => {
    const { db, path } = temporaryWorkspace();
    const never = new Promise<never>(() => undefined);
    async function* stuck(): AsyncGenerator<Example> {
      yield* numbered('train', 4000);
      await never;
    }
    void insertDataset(db, 'own', imported([], { examples: stuck() }), going);
    await expect.poll(() => rowsLeft(db)).toBe(5);
    const later = openWorkspace(path);
    expect(listDatasets(later.db)).toEqual([]);
    expect(discardUnfinished(later.db)).toBe(0);
    expect(discardUnfinished(later.db, Date.now() + 3_600_000)).toBe(1);
    expect(rowsLeft(later.db)).toBe(0);
    later.close();
  });

  it('when two imports want one name: the first to end has it', async () => {
    const { db } = temporaryWorkspace();
    const results = await Promise.allSettled(
      [4500, 3].map((count) => insertDataset(db, 'own', imported(numbered('train', count)), going)),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(results[0]).toMatchObject({ reason: { code: 'name-taken' } });
    expect(listDatasets(db)).toMatchObject([{ trainExamples: 3 }]);
    expect(rowsLeft(db)).toBe(4);
  });
});

describe('the bin', () => {
  it('keeps a removed data set until it is restored or purged', async () => {
    const { db } = temporaryWorkspace();
    const dataset = await insertSmallDataset(db, 'own');
    removeDataset(db, 'own');
    expect(listDatasets(db)).toEqual([]);
    expect(() => datasetByName(db, 'own')).toThrow(rejects('not-found'));
    expect(datasetById(db, dataset.id)).toEqual(dataset);
    restoreDataset(db, dataset.id);
    expect(datasetByName(db, 'own')).toEqual(dataset);
    removeDataset(db, 'own');
    expect(purgeRemoved(db, Date.now() - 1000)).toBe(0);
    expect(purgeRemoved(db, Date.now() + 1000)).toBe(1);
    expect(rowsLeft(db)).toBe(0);
    expect(() => restoreDataset(db, dataset.id)).toThrow(rejects('not-found'));
  });

  it('gives a name free, and refuses to restore onto it', async () => {
    const { db } = temporaryWorkspace();
    const { id } = await insertSmallDataset(db, 'own');
    removeDataset(db, 'own');
    await insertSmallDataset(db, 'own', { shift: 1 });
    expect(() => restoreDataset(db, id)).toThrow(rejects('name-taken'));
    expect(() => removeDataset(db, 'other')).toThrow(rejects('not-found'));
  });

  it('is not emptied of what a run was trained on', async () => {
    const { db } = temporaryWorkspace();
    createRun(db, newRun(await insertSmallDataset(db, 'own')));
    removeDataset(db, 'own');
    expect(purgeRemoved(db, Date.now() + 1000)).toBe(0);
  });
});

describe('the profile', () => {
  it('counts classes, lengths with the start id, and the share of words covered', async () => {
    const { db } = temporaryWorkspace();
    const dataset = await insertDataset(
      db,
      'own',
      imported([...numbered('train', 9), ...numbered('test', 3)]),
      going,
    );
    const profile = datasetProfile(db, dataset);
    expect(profile).toMatchObject({
      classCounts: { train: [5, 4], test: [2, 1] },
      meanLength: 3,
      lengthStep: 1,
    });
    expect(profile.lengths).toEqual([0, 0, 4, 4, 4]);
    expect([0, 50, 100].map((percent) => profile.lengthQuantiles[percent])).toEqual([2, 3, 4]);
    expect(profile.coverage.map(({ words }) => words)).toEqual([1, 2, 5, 9]);
    expect(profile.coverage.at(-1)?.share).toBe(1);
    expect(profile.coverage[0]?.share).toBeCloseTo(3 / 24);
  });

  it('of a regression on series has neither classes nor words', async () => {
    const { db } = temporaryWorkspace();
    const values = Float32Array.from({ length: 500 }, (_, step) => step / 8);
    const none: Partial<ImportedData> = { classes: [], conventions: null, vocabulary: [], hasTexts: false };
    const data = imported([{ split: 'train', values, label: 2.5 }], {
      kind: 'values',
      task: 'regression',
      ...none,
    });
    const dataset = await insertDataset(db, 'series', data, going);
    const profile = datasetProfile(db, dataset);
    expect(profile).toMatchObject({
      classCounts: { train: [], test: [] },
      coverage: [],
      meanLength: 500,
      lengthStep: 10,
    });
    const [sample] = datasetSamples(db, dataset, { split: 'train', from: 0, count: 5, num_words: null });
    expect(sample).toMatchObject({ label: 2.5, labelName: '2.5', length: 500 });
    expect(sample?.text).toMatch(/^0 0\.125 0\.25 .*…$/);
  });
});

describe('samples', () => {
  it('are decoded, rare words as unknown, also across two pieces and up to the end', async () => {
    const { db } = temporaryWorkspace();
    const dataset = await insertDataset(db, 'own', imported(numbered('train', 2003)), going);
    const take = (from: number, count: number, num_words: number | null = null) =>
      datasetSamples(db, dataset, { split: 'train', from, count, num_words });
    expect(take(0, 3)).toEqual([
      { index: 0, split: 'train', label: 0, labelName: 'no', length: 2, text: 'a' },
      { index: 1, split: 'train', label: 1, labelName: 'yes', length: 3, text: 'b c' },
      { index: 2, split: 'train', label: 0, labelName: 'no', length: 4, text: 'c d e' },
    ]);
    // Ids of a, b, c are 4, 5, 6.
    expect(take(2, 1, 7)[0]?.text).toBe('c ? ?');
    expect(take(1998, 100).map(({ index }) => index)).toEqual([1998, 1999, 2000, 2001, 2002]);
    expect(take(2000, 1)).toMatchObject([{ index: 2000 }]);
    expect(take(5000, 2)).toEqual([]);
  });

  it('show ids where the source had no words', async () => {
    const { db } = temporaryWorkspace();
    const data = imported(numbered('train', 3), { vocabulary: [], hasTexts: false });
    const dataset = await insertDataset(db, 'own', data, going);
    expect(dataset.vocabularySize).toBe(5);
    const [sample] = datasetSamples(db, dataset, { split: 'train', from: 2, count: 1, num_words: null });
    expect(sample?.text).toBe('1 6 7 8');
  });
});
