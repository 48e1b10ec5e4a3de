import { describe, expect, it } from 'vitest';
import { addEpochMetrics } from '../../../../src/main/store/metrics.ts';
import {
  createRun,
  editRun,
  freeRunName,
  listRuns,
  purgeRemovedRuns,
  readRun,
  removeRuns,
  restoreRuns,
} from '../../../../src/main/store/runs.ts';
import { runSchema } from '../../../../src/shared/contract/runs.ts';
import { insertSmallDataset, newRun, temporaryWorkspace } from '../workspace.ts';

async function workspaceWithData() {
  const { db } = temporaryWorkspace();
  return { db, dataset: await insertSmallDataset(db) };
}

describe('runs', () => {
  it('are stored with everything that makes them repeatable', async () => {
    const { db, dataset } = await workspaceWithData();
    const given = newRun(dataset);
    const run = createRun(db, given);
    expect(runSchema.parse(run)).toEqual(run);
    expect(run).toMatchObject({
      name: 'first',
      status: 'queued',
      graph: given.graph,
      training: given.training,
      preprocessing: given.preprocessing,
      dataset: { id: dataset.id, name: 'small', hash: dataset.hash },
      epochsDone: 0,
      last: {},
    });
  });

  it('are found by id and by name, the id going first', async () => {
    const { db, dataset } = await workspaceWithData();
    const first = createRun(db, newRun(dataset));
    const namedLikeIt = createRun(db, newRun(dataset, { name: first.id }));
    expect(readRun(db, 'first').id).toBe(first.id);
    expect(readRun(db, first.id).id).toBe(first.id);
    expect(readRun(db, namedLikeIt.id).name).toBe(first.id);
    expect(() => readRun(db, 'nobody')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('have unique names, and a default name is the first free one', async () => {
    const { db, dataset } = await workspaceWithData();
    createRun(db, newRun(dataset, { name: 'lstm' }));
    createRun(db, newRun(dataset, { name: freeRunName(db, 'lstm') }));
    expect(freeRunName(db, 'lstm')).toBe('lstm-3');
    expect(() => createRun(db, newRun(dataset, { name: 'lstm' }))).toThrow(
      expect.objectContaining({ code: 'name-taken' }),
    );
  });

  it('are edited field by field; what is left out stays', async () => {
    const { db, dataset } = await workspaceWithData();
    createRun(db, newRun(dataset));
    editRun(db, 'first', { tags: ['b', 'a', 'b'], notes: 'try more units' });
    const edited = editRun(db, 'first', { pinned: true, name: 'second', notes: undefined });
    expect(edited).toMatchObject({
      name: 'second',
      tags: ['a', 'b'],
      notes: 'try more units',
      pinned: true,
      archived: false,
    });
  });

  it('cannot take the name of another', async () => {
    const { db, dataset } = await workspaceWithData();
    createRun(db, newRun(dataset));
    createRun(db, newRun(dataset, { name: 'second' }));
    expect(() => editRun(db, 'second', { name: 'first', notes: 'lost?' })).toThrow(
      expect.objectContaining({ code: 'name-taken' }),
    );
    expect(readRun(db, 'second').notes).toBe('');
  });

  it('are listed newest first, the archived ones only when asked for', async () => {
    const { db, dataset } = await workspaceWithData();
    for (const name of ['one', 'two', 'three']) createRun(db, newRun(dataset, { name }));
    editRun(db, 'two', { archived: true });
    expect(listRuns(db, { archived: false }).map(({ name }) => name)).toEqual(['three', 'one']);
    expect(listRuns(db, { archived: true }).map(({ name }) => name)).toEqual(['three', 'two', 'one']);
  });

  it('know each metric’s own best apart from what the best checkpoint is worth', async () => {
    const { db, dataset } = await workspaceWithData();
    const { id } = createRun(db, newRun(dataset));
    const epochs = [
      { loss: 0.7, val_loss: 0.6, val_acc: 0.7 },
      { loss: 0.5, val_loss: 0.4, val_acc: 0.8 },
      { loss: 0.3, val_loss: 0.5, val_acc: 0.9 },
    ];
    const rest = { seconds: 2, learningRate: 0.001, peakBytes: 1 };
    epochs.forEach((logs, index) => addEpochMetrics(db, id, { epoch: index + 1, logs, ...rest }));
    db.prepare('UPDATE runs SET epochs_done = 3, best_epoch = 2').run();
    expect(readRun(db, id)).toMatchObject({
      best: { loss: 0.3, val_loss: 0.4, val_acc: 0.9 },
      bestEpochs: { loss: 3, val_loss: 2, val_acc: 3 },
      bestEpoch: 2,
      atBestEpoch: epochs[1],
      last: epochs[2],
      secondsPerEpoch: 2,
    });
  });

  it('come back from the bin unless their name was taken meanwhile', async () => {
    const { db, dataset } = await workspaceWithData();
    const run = createRun(db, newRun(dataset));
    removeRuns(db, [run.id]);
    expect(listRuns(db, { archived: true })).toEqual([]);
    restoreRuns(db, [run.id]);
    expect(readRun(db, 'first').id).toBe(run.id);

    removeRuns(db, [run.id]);
    expect(restoreRuns(db, ['first'])).toEqual([run.id]);
    expect(() => restoreRuns(db, ['first'])).toThrow(expect.objectContaining({ code: 'not-found' }));

    removeRuns(db, [run.id]);
    createRun(db, newRun(dataset));
    expect(() => restoreRuns(db, [run.id])).toThrow(expect.objectContaining({ code: 'name-taken' }));
  });

  it('leave the bin for good when they went into it long ago', async () => {
    const { db, dataset } = await workspaceWithData();
    const old = createRun(db, newRun(dataset, { name: 'old' }));
    const recent = createRun(db, newRun(dataset, { name: 'recent' }));
    removeRuns(db, [old.id]);
    removeRuns(db, [recent.id]);
    db.prepare('UPDATE runs SET removed_at = removed_at - 90000000 WHERE id = ?').run(old.id);
    purgeRemovedRuns(db, Date.now() - 80_000_000);
    restoreRuns(db, [recent.id]);
    expect(() => restoreRuns(db, [old.id])).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});
