/** What a user meets who evaluates, predicts, compares or exports what there is not. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorkspace } from '../../../../src/main/store/database.ts';
import { createRun } from '../../../../src/main/store/runs.ts';
import { open, trainUndisturbed, folderWithData, once } from '../../../faults/applications.ts';
import { insertSmallDataset, newRun, temporaryFolder } from '../workspace.ts';

/** A workspace with the runs `first` and `second`, which were never trained, on the data sets `small` and `series`. */
async function folderWithRuns(): Promise<string> {
  const folder = temporaryFolder();
  const { db, close } = openWorkspace(folder);
  createRun(db, newRun(await insertSmallDataset(db)));
  const series = await insertSmallDataset(db, 'series');
  db.prepare(`UPDATE datasets SET kind = 'values', conventions = NULL WHERE name = 'series'`).run();
  createRun(db, newRun(series, { name: 'second' }));
  const wordless = await insertSmallDataset(db, 'wordless');
  db.prepare('DELETE FROM vocabularies WHERE dataset_id = ?').run(wordless.id);
  createRun(db, newRun(wordless, { name: 'third' }));
  close();
  return folder;
}

describe('a model named in place of a run', () => {
  it.each([
    ['runs.evaluate', { run: 'lecture-lstm' }],
    ['runs.predict', { run: 'lecture-lstm', texts: ['good'] }],
    ['runs.export', { run: 'lecture-lstm', format: 'python', path: 'lstm.py' }],
  ] as const)('has no weights for %s', async (method, input) => {
    const application = open(await folderWithRuns());
    await expect(application.call(method, input as never)).rejects.toMatchObject({
      code: 'model-untrained',
      message: expect.stringContaining('lecture-lstm is a model without trained weights') as string,
      hint: expect.stringContaining('Train it') as string,
    });
  });

  it('may be one of the user’s own', async () => {
    const application = open(await folderWithRuns());
    const { graph } = await application.call('models.show', { name: 'lecture-lstm' });
    await application.call('models.save', { name: 'mine', graph });
    const predicting = application.call('runs.predict', { run: 'mine', texts: ['good'] });
    await expect(predicting).rejects.toMatchObject({ code: 'model-untrained' });
    const nothing = application.call('runs.predict', { run: 'nothing', texts: ['good'] });
    await expect(nothing).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('predicting', () => {
  it('with a run on series says that it reads neither texts nor ids', async () => {
    const application = open(await folderWithRuns());
    for (const input of [{ texts: ['good'] }, { tokens: [[1, 4]] }]) {
      await expect(application.call('runs.predict', { run: 'second', ...input })).rejects.toMatchObject({
        code: 'data-of-numbers',
        message: expect.stringContaining('series holds sequences of numbers') as string,
        hint: expect.stringContaining('test split') as string,
      });
    }
  });

  it('a text with a run on ids without words says so', async () => {
    const application = open(await folderWithRuns());
    const predicting = application.call('runs.predict', { run: 'third', texts: ['good'] });
    await expect(predicting).rejects.toMatchObject({ code: 'data-without-words' });
  });

  it('without a checkpoint names the run, not its id', async () => {
    const application = open(await folderWithRuns());
    const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
    await application.call('runs.evaluate', { run: 'first' });
    expect((await ended).error).toMatchObject({ message: 'The run first has no last checkpoint.' });
  });
});

describe('comparing', () => {
  it('one run with itself is refused, also under its id', async () => {
    const application = open(await folderWithRuns());
    const { id } = await application.call('runs.show', { run: 'first' });
    await expect(application.call('compare.runs', { runs: ['first', id] })).rejects.toMatchObject({
      message: expect.stringContaining('first is named twice') as string,
    });
  });
});

describe('exporting', () => {
  it('into a folder that is not there names the folder and makes none', async () => {
    const application = open(await folderWithData(undefined, 64));
    await trainUndisturbed(application, 'first', 1);
    const place = join(temporaryFolder(), 'missing');
    for (const format of ['python', 'r', 'tfjs'] as const) {
      const exporting = application.call('runs.export', { run: 'first', format, path: join(place, 'x') });
      await expect(exporting).rejects.toMatchObject({ message: `The folder ${place} does not exist.` });
    }
    expect(existsSync(place)).toBe(false);
  });

  it('says why it was not verified where it was not', async () => {
    const application = open(await folderWithData(undefined, 64));
    await trainUndisturbed(application, 'first', 1);
    const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
    const path = join(temporaryFolder(), 'first.py');
    await application.call('runs.export', { run: 'first', format: 'python', path });
    const code = { format: 'python', path, verified: false, maxAbsDifference: null };
    expect((await ended).result).toMatchObject({
      ...code,
      check: expect.stringMatching(
        /^code is written, not run, and cannot fit without first_data.npz/,
      ) as string,
    });
  });
});
