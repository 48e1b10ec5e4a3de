import { describe, expect, it } from 'vitest';
import { readRunSettings } from '../../../../src/main/store/run-settings.ts';
import { readRunTable } from '../../../../src/main/store/run-table.ts';
import { addEpochMetrics } from '../../../../src/main/store/metrics.ts';
import { changeRuns, createRun, editRun, readRun, removeRuns } from '../../../../src/main/store/runs.ts';
import { trainingSchema } from '../../../../src/shared/training.ts';
import { insertSmallDataset, newRun, smallGraph, temporaryWorkspace } from '../workspace.ts';

async function threeRuns() {
  const { db } = temporaryWorkspace();
  const dataset = await insertSmallDataset(db);
  const runs = ['one', 'two', 'three'].map((name, index) =>
    createRun(db, newRun(dataset, { name, training: trainingSchema.parse({ epochs: 5, seed: index }) })),
  );
  return { db, dataset, ids: runs.map(({ id }) => id) };
}

describe('the table of runs', () => {
  it('has every run not in the bin, newest first, as columns', async () => {
    const { db, ids } = await threeRuns();
    editRun(db, ids[1]!, { tags: ['b', 'a'], notes: 'a *note*', pinned: true });
    const epoch = { seconds: 2, learningRate: 0.1, peakBytes: 10 };
    addEpochMetrics(db, ids[0]!, { epoch: 1, logs: { loss: 0.5 }, ...epoch });
    addEpochMetrics(db, ids[0]!, { epoch: 2, logs: { loss: 0.7 }, ...epoch });
    const table = readRunTable(db);
    expect(table.names).toEqual(['three', 'two', 'one']);
    expect(table.ids).toEqual(ids.toReversed());
    expect(table.texts.data.values[table.texts.data.codes[0]!]).toBe('small');
    expect([...table.numbers.epochs]).toEqual([5, 5, 5]);
    expect([...table.numbers.pinned]).toEqual([0, 1, 0]);
    expect([...table.numbers.secondsPerEpoch]).toEqual([NaN, NaN, 2]);
    expect([...table.metrics['loss']!.last]).toEqual([NaN, NaN, 0.7]);
    expect([...table.metrics['loss']!.lowestEpoch]).toEqual([NaN, NaN, 1]);
    expect(table.tags).toEqual([{ at: 1, tags: ['a', 'b'] }]);
    expect(table.notes).toEqual([{ at: 1, notes: 'a *note*' }]);
    removeRuns(db, [ids[1]!]);
    expect(readRunTable(db)).toMatchObject({ names: ['three', 'one'], tags: [], notes: [] });
  });

  it('names the runs whose training failed because its numbers were no longer finite', async () => {
    const { db, ids } = await threeRuns();
    const fail = db.prepare("UPDATE runs SET status = 'failed', error = ? WHERE id = ?");
    fail.run(JSON.stringify({ code: 'training-diverged', message: '', hint: '' }), ids[0]);
    fail.run(JSON.stringify({ code: 'out-of-memory', message: '', hint: '' }), ids[1]);
    expect(readRunTable(db).diverged).toEqual([2]);
  });

  it('says the same as each run by itself', async () => {
    const { db, ids } = await threeRuns();
    const { texts, numbers } = readRunTable(db);
    const first = readRun(db, ids[2]!);
    expect(numbers.colour[0]).toBe(first.colour);
    expect(numbers.createdAt[0]).toBe(first.createdAt);
    expect(numbers.parameters[0]).toBe(first.parameters);
    expect(texts.status.values[texts.status.codes[0]!]).toBe(first.status);
  });
});

describe('the settings of runs', () => {
  it('are columns by path, those of the model among them', async () => {
    const { db, dataset, ids } = await threeRuns();
    const lstm = structuredClone(smallGraph);
    lstm.nodes[2] = {
      id: 'both',
      type: 'Bidirectional',
      config: { layer: { type: 'LSTM', config: { units: 7 } }, merge_mode: 'sum' },
      inputs: ['embedding'],
    };
    const other = createRun(db, newRun(dataset, { name: 'lstm', graph: lstm }));
    const { ids: listed, columns } = await readRunSettings(db);
    const valueOf = (path: string, id: string) => {
      const column = columns.find((candidate) => candidate.path === path)!;
      return column.values[column.codes[listed.indexOf(id)]!];
    };
    expect(ids.map((id) => valueOf('training.seed', id))).toEqual([0, 1, 2]);
    expect(valueOf('model.cell', ids[0]!)).toBe('SimpleRNN');
    expect(valueOf('model.cell', other.id)).toBe('LSTM');
    expect(valueOf('model.units', other.id)).toBe(7);
    expect(valueOf('model.bidirectional', other.id)).toBe(true);
    expect(valueOf('training.optimizer.learning_rate', other.id)).toBe(0.001);
    expect(valueOf('layers.simple_rnn.units', ids[0]!)).toBe(5);
    // A setting the run does not have.
    expect(valueOf('layers.simple_rnn.units', other.id)).toBeNull();
  });
});

describe('changing many runs', () => {
  it('adds and removes tags, archives and pins, and leaves the rest', async () => {
    const { db, ids } = await threeRuns();
    editRun(db, ids[0]!, { tags: ['old'], notes: 'kept' });
    changeRuns(db, { runs: ids, archived: true, addTags: ['new'], removeTags: ['old'] });
    expect(ids.map((id) => readRun(db, id))).toMatchObject(
      ids.map((_, index) => ({
        tags: ['new'],
        archived: true,
        pinned: false,
        notes: index === 0 ? 'kept' : '',
      })),
    );
  });

  it('changes none of them when one is gone', async () => {
    const { db, ids } = await threeRuns();
    removeRuns(db, [ids[2]!]);
    const change = { runs: ids, pinned: true, addTags: [], removeTags: [] };
    expect(() => changeRuns(db, change)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(readRun(db, ids[0]!).pinned).toBe(false);
  });
});
