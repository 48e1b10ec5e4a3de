/** The examples a job reads, from a real workspace database. */
import { beforeAll, describe, expect, it } from 'vitest';
import { preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';
import { readSplit, splitForValidation } from '../../../src/training/data.ts';
import { referenceEngine } from '../../../src/training/engines/reference.ts';
import { insertSmallDataset, temporaryWorkspace } from '../main/workspace.ts';

const preprocessing = preprocessingSchema.parse({ num_words: null, maxlen: 8 });

beforeAll(async () => {
  await referenceEngine.start({ threads: null });
});

describe('reading a split', () => {
  it('gives batches of padded ids by index, with their labels', async () => {
    const { db, databasePath } = temporaryWorkspace();
    const dataset = await insertSmallDataset(db);
    const examples = readSplit(databasePath, dataset, 'train', preprocessing);
    expect(examples.count).toBe(64);
    const order = Uint32Array.from([5, 0, 9]);
    const inputs = examples.inputs(order, 0, 2);
    expect(inputs.shape).toEqual([2, 8]);
    expect(inputs.dtype).toBe('int32');
    // Examples 5 and 0 have six words: padding, the start id, then rank + 3.
    const ids = (number: number) =>
      Array.from({ length: 6 }, (_, step) => 4 + ((number * 7 + step * 3) % 20));
    expect(inputs.arraySync()).toEqual([
      [0, 1, ...ids(5)],
      [0, 1, ...ids(0)],
    ]);
    expect(Array.from(examples.labelsOf(order, 0, 3))).toEqual([0, 1, 1]);
    const next = examples.inputs(order, 2, 3);
    expect(next.shape).toEqual([1, 8]);
    inputs.dispose();
    next.dispose();
  });

  it('refuses a piece that differs from its hash', async () => {
    const { db, databasePath } = temporaryWorkspace();
    const dataset = await insertSmallDataset(db);
    db.prepare("UPDATE dataset_pieces SET labels = zeroblob(length(labels)) WHERE split = 'train'").run();
    expect(() => readSplit(databasePath, dataset, 'train', preprocessing)).toThrowError(/SHA-256/);
    expect(readSplit(databasePath, dataset, 'test', preprocessing).count).toBe(64);
  });

  it('says so when a database is not there or the split is empty', async () => {
    const { db, databasePath } = temporaryWorkspace();
    const dataset = await insertSmallDataset(db);
    expect(() => readSplit(`${databasePath}.gone`, dataset, 'train', preprocessing)).toThrowError(
      expect.objectContaining({ code: 'workspace-damaged' }),
    );
    db.exec('DELETE FROM dataset_pieces');
    expect(() => readSplit(databasePath, dataset, 'train', preprocessing)).toThrowError(
      expect.objectContaining({ code: 'data-empty' }),
    );
  });
});

describe('the validation split', () => {
  const split = (examples: number, settings: object) =>
    splitForValidation(examples, trainingSchema.parse(settings));

  it('is the last part, counted as Keras does', () => {
    expect(split(25000, {})).toEqual({ train: 20000, validation: 5000 });
    expect(split(10, { validation_split: 0.25 })).toEqual({ train: 7, validation: 3 });
    expect(split(10, { validation_split: 0 })).toEqual({ train: 10, validation: 0 });
  });

  it('is taken from what the limit leaves', () => {
    expect(split(25000, { limit: 1000 })).toEqual({ train: 800, validation: 200 });
    expect(split(100, { limit: 1000 })).toEqual({ train: 80, validation: 20 });
  });

  it('must leave something to train on', () => {
    expect(() => split(1, { validation_split: 0.5 })).toThrowError(
      expect.objectContaining({ code: 'data-empty' }),
    );
  });
});
