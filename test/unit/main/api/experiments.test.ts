import { describe, expect, it, vi } from 'vitest';
import {
  folderWithData,
  once,
  open,
  runEnd,
  smallRun,
  trainUndisturbed,
} from '../../../faults/applications.ts';

// Every test starts processes that train; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const fewExamples = () => folderWithData(undefined, 64);

describe('continuing from a checkpoint', () => {
  it('ends in the very bits of a longer run, as a run of its own that names its parent', async () => {
    const application = open(await fewExamples());
    const whole = await trainUndisturbed(application, 'whole', 4);
    const first = await trainUndisturbed(application, 'first', 2);
    const end = runEnd(application, 'first-continued');
    const queued = await application.call('training.continue', { run: 'first', epochs: 2 });
    expect(queued).toMatchObject({
      status: 'queued',
      epochsDone: 2,
      training: { epochs: 4 },
      parent: { run: first.id, name: 'first', checkpoint: 'last', epoch: 2 },
    });
    const continued = await end;
    expect(continued).toMatchObject({ status: 'done', epochsDone: 4 });
    expect(continued.weightsSha256).toBe(whole.weightsSha256);
    const { x } = await application.call('runs.curves', { run: continued.id });
    expect(x).toEqual([3, 4]);
    // Its best checkpoint is its own.
    expect(continued.bestEpoch).toBeGreaterThan(2);
    expect(await application.call('runs.show', { run: 'first' })).toMatchObject({
      epochsDone: 2,
      parent: null,
    });
  });

  it('goes on from the best checkpoint and with another learning rate where that is wanted', async () => {
    const application = open(await fewExamples());
    const { bestEpoch } = await trainUndisturbed(application, 'first', 2);
    const end = runEnd(application, 'slower');
    const more = {
      run: 'first',
      checkpoint: 'best',
      epochs: 1,
      learningRate: 0.0001,
      name: 'slower',
    } as const;
    await application.call('training.continue', more);
    const { id, training, parent, epochsDone } = await end;
    expect(training).toMatchObject({ epochs: bestEpoch! + 1, optimizer: { learning_rate: 0.0001 } });
    expect(parent).toMatchObject({ checkpoint: 'best', epoch: bestEpoch });
    expect(epochsDone).toBe(bestEpoch! + 1);
    expect((await application.call('runs.curves', { run: id })).learningRate).toEqual([0.0001]);
  });

  it('says so where there is no checkpoint', async () => {
    const application = open(await fewExamples());
    await trainUndisturbed(application, 'first', 1);
    const { id } = await application.call('training.start', smallRun('second', 1000));
    await application.call('training.stop', { run: id });
    await expect(
      application.call('training.continue', { run: id, checkpoint: 'best', epochs: 1 }),
    ).rejects.toThrow(expect.objectContaining({ code: 'checkpoint-missing' }));
  });
});

describe('a paired experiment', () => {
  it('queues what the run has not been yet, on the same split and order, to be compared', async () => {
    const application = open(await fewExamples());
    const first = await trainUndisturbed(application, 'first', 1);
    const sweep = await application.call('training.sweep', {
      from: 'first',
      vary: { cell: ['SimpleRNN', 'LSTM', 'lstm', 'GRU'] },
    });
    expect(sweep.leftOut.map(({ name, as }) => [name, as])).toEqual([
      ['first-simplernn', 'first'],
      ['first-lstm', 'first-lstm'],
    ]);
    expect(sweep.runs.map(({ name, sweep: named }) => [name, named])).toEqual([
      ['first-lstm', 'first by cell'],
      ['first-gru', 'first by cell'],
    ]);
    expect(sweep.compare).toEqual([first.id, ...sweep.runs.map(({ id }) => id)]);
    await once(application, 'run.changed', ({ name, status }) => name === 'first-gru' && status === 'done');
    const { controlled, differences } = await application.call('compare.runs', { runs: sweep.compare });
    expect(controlled).toBe(true);
    expect(differences.map(({ path }) => path)).toEqual(expect.arrayContaining(['layers.3.type']));
    // What a finished run has been is compared with, not trained again.
    const vary = { cell: ['LSTM', 'GRU'], seed: [1, 2] };
    const again = await application.call('training.sweep', { from: 'first', vary });
    expect(again.runs.map(({ name }) => name)).toEqual(['first-lstm-seed-2', 'first-gru-seed-2']);
    const [lstm, gru] = sweep.runs.map(({ id, name }) => ({ run: id, as: name }));
    expect(again.leftOut).toEqual([
      { name: 'first-lstm-seed-1', ...lstm },
      { name: 'first-gru-seed-1', ...gru },
    ]);
    const [lstm2, gru2] = again.runs.map(({ id }) => id);
    expect(again.compare).toEqual([first.id, lstm!.run, lstm2, gru!.run, gru2]);
    const unchanged = await application.call('training.sweep', { from: 'first', vary: { cell: ['LSTM'] } });
    expect(unchanged).toMatchObject({ runs: [], compare: [first.id, lstm!.run] });
  });

  it('queues none when one cannot be trained', async () => {
    const application = open(await fewExamples());
    const { name: _, ...from } = smallRun('x', 1);
    await expect(application.call('training.sweep', { from, vary: { maxlen: [12, 0] } })).rejects.toThrow(
      'preprocessing.maxlen',
    );
    expect(await application.call('runs.list', {})).toEqual([]);
    const made = await application.call('training.sweep', { from, vary: { seed: [1, 2] }, name: 'seeds' });
    expect(made).toMatchObject({ name: 'seeds', compare: made.runs.map(({ id }) => id) });
    const again = await application.call('training.sweep', { from, vary: { seed: [1] }, name: 'seeds' });
    expect(again.name).toBe('seeds 2');
    expect(again.runs[0]!.name).toBe('small-rnn-seed-1-2');
  });
});
