/** Models of Keras brought into a workspace: they predict at once, and training goes on from their weights. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../src/main/application.ts';
import { sealed, unsealed } from '../../../../src/main/store/run-file-seal.ts';
import type { Input, JobMethodName, JobResult } from '../../../../src/shared/contract/index.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { temporaryFolder } from '../workspace.ts';
import { folderWithData, once, open, runEnd, trainUndisturbed } from '../../../faults/applications.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/models');
const { inputs, models } = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as {
  inputs: number[][];
  models: Record<string, { outputs: number[][] }>;
};

/** Runs a job of the contract to its end. */
async function finish<M extends JobMethodName>(
  application: Application,
  method: M,
  input: Input<M>,
): Promise<JobResult<M>> {
  const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
  await application.call(method, input);
  const { result, error } = await ended;
  if (error) throw UnrollError.fromValue(error as never);
  return result as JobResult<M>;
}

it('predicts with an imported model by its name, and with its file, what Keras predicts', async () => {
  const application = open(await folderWithData(undefined, 64));
  const path = join(fixtures, 'lstm.keras');
  const brought = await finish(application, 'models.import', { path, name: 'from-keras' });
  expect(brought).toMatchObject({ model: { name: 'from-keras', parameters: 180 }, weights: 180, notes: [] });
  for (const source of ['from-keras', path]) {
    const predictions = await finish(application, 'predictions.score', { source, tokens: inputs });
    predictions.forEach(({ probabilities }, i) =>
      expect(probabilities[0]).toBeCloseTo(models.lstm!.outputs[i]![0]!, 5),
    );
  }
  await application.call('models.rename', { name: 'from-keras', to: 'mine' });
  const renamed = await finish(application, 'predictions.score', { source: 'mine', tokens: inputs });
  expect(renamed).toHaveLength(inputs.length);
});

describe('a model of the same name', () => {
  const path = join(fixtures, 'lstm.keras');
  const without = join(fixtures, 'lstm.json');
  const bring = (application: Application, from: string, name?: string) =>
    finish(application, 'models.import', name === undefined ? { path: from } : { path: from, name });

  it('is left as it is, weights and all; the imported one gets a name that is free', async () => {
    const application = open(temporaryFolder());
    const first = await bring(application, path);
    const second = await bring(application, without);
    const { name } = first.model;
    expect(second).toMatchObject({ model: { name: `${name}-2` }, weights: null });
    expect(second.notes[0]).toBe(`Another model is named ${name}, so this one is ${name}-2.`);
    expect(await application.call('models.revisions', { name })).toHaveLength(1);
    const beginning = await application.call('models.beginning', { name, graph: first.model.graph });
    expect(beginning).toMatchObject({ source: 'lstm.keras', anew: [] });
  });

  it('is taken for the imported one where both are the same, and only then', async () => {
    const application = open(temporaryFolder());
    const { model } = await bring(application, path);
    const again = await bring(application, path);
    expect(again).toMatchObject({ model: { name: model.name }, weights: 180 });
    expect(again.notes[0]).toContain('not kept twice');
    const draft = { id: 'draft', model: model.name, from: 0, steps: [], done: 0, version: 0 };
    await application.call('drafts.keep', { ...draft, graph: { ...model.graph, nodes: [] } });
    expect((await bring(application, path)).model.name).toBe(`${model.name}-2`);
  });

  it('refuses a name that is given and taken', async () => {
    const application = open(temporaryFolder());
    await bring(application, path, 'mine');
    await expect(bring(application, path, 'mine')).rejects.toThrow('A model named mine already exists.');
    await expect(bring(application, path, 'gru')).rejects.toThrow('A model named gru already exists.');
  });

  it('does not show the draft of one that was deleted', async () => {
    const application = open(temporaryFolder());
    const { model } = await bring(application, path);
    const draft = { id: 'draft', model: model.name, from: 0, steps: [], done: 0, version: 0 };
    await application.call('drafts.keep', { ...draft, graph: { ...model.graph, nodes: [] } });
    await application.call('models.remove', { name: model.name });
    expect((await bring(application, path)).model.name).toBe(model.name);
    expect(await application.call('drafts.find', { model: model.name })).toBeNull();
    expect(await application.call('drafts.show', { id: 'draft' })).toMatchObject({ model: null });
  });
});

it('reads the text of model.to_json(), and says in words what is none', async () => {
  const application = open(temporaryFolder());
  const text = readFileSync(join(fixtures, 'lstm.json'), 'utf8');
  const { graph } = await application.call('models.read', { text });
  const brought = await finish(application, 'models.import', { path: join(fixtures, 'lstm.json') });
  expect(graph.nodes).toEqual(brought.model.graph.nodes);
  const cut = application.call('models.read', { text: text.slice(0, 100) });
  await expect(cut).rejects.toThrow('The clipboard is damaged or incomplete: it is not JSON.');
});

it('says which id a model does not know', async () => {
  const application = open(await folderWithData(undefined, 64));
  const source = join(fixtures, 'lstm.keras');
  await expect(finish(application, 'predictions.score', { source, tokens: [[3, 99]] })).rejects.toThrow(
    'id 99 is not from 0 to 19',
  );
});

it('goes on training from the weights of an imported model', async () => {
  const application = open(await folderWithData(undefined, 64));
  await finish(application, 'models.import', {
    path: join(fixtures, 'gru-reset-after.h5'),
    name: 'gru-here',
  });
  const end = runEnd(application, 'on');
  const started = await application.call('training.start', {
    model: 'gru-here',
    data: 'small',
    name: 'on',
    preprocessing: { num_words: 20, maxlen: 8 },
    training: { epochs: 1, batch_size: 64, optimizer: { name: 'sgd', learning_rate: 1e-12 } },
    threads: 1,
  });
  expect(await application.call('runs.checkpoints', { run: started.id })).toMatchObject([{ epoch: 0 }]);
  expect((await end).status).toBe('done');
  // Steps so small leave the weights as they came.
  const predictions = await finish(application, 'predictions.score', { source: 'on', tokens: inputs });
  predictions.forEach(({ probabilities }, i) =>
    expect(probabilities[0]).toBeCloseTo(models['gru-reset-after']!.outputs[i]![0]!, 5),
  );
});

it('keeps nothing of a model it does not understand', async () => {
  const application = open(await folderWithData(undefined, 64));
  const path = join(fixtures, 'make_fixtures.py');
  await expect(finish(application, 'models.import', { path })).rejects.toThrow('cannot be read as a model');
  const entries = await application.call('models.list', {});
  expect(entries.every(({ builtIn }) => builtIn)).toBe(true);
});

it('scores texts from a bundle in a workspace that never saw the run, as the run itself does', async () => {
  const here = open(await folderWithData(undefined, 64));
  const run = await trainUndisturbed(here, 'out', 1);
  const path = join(temporaryFolder(), 'out.zip');
  const exported = await finish(here, 'runs.export', { run: run.id, format: 'bundle', path });
  expect(exported).toMatchObject({ verified: true });
  expect(exported.maxAbsDifference).toBeLessThan(1e-6);
  const texts = ['word3 word7, WORD1', 'nothing it knows'];
  const own = await finish(here, 'predictions.score', { source: 'out', texts });
  const elsewhere = open(temporaryFolder());
  expect(await finish(elsewhere, 'predictions.score', { source: path, texts })).toEqual(own);
  const brought = await finish(elsewhere, 'models.import', { path });
  expect(brought).toMatchObject({ model: { name: 'out' }, weights: run.parameters });
});

it('leaves nothing behind of an export that is cancelled', async () => {
  const application = open(await folderWithData(undefined, 64));
  const run = await trainUndisturbed(application, 'stopped', 1);
  const folder = temporaryFolder();
  const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
  const input = { run: run.id, format: 'bundle', path: join(folder, 'out.zip') } as const;
  const { job } = await application.call('runs.export', input);
  await once(application, 'job.changed', ({ detail }) => detail === 'Reading it back');
  await application.call('jobs.cancel', { job });
  expect((await ended).state).toBe('cancelled');
  expect(readdirSync(folder)).toEqual([]);
});

it.each([false, true])('opens a run of another Unroll, data along: %s', async (data) => {
  const here = open(await folderWithData(undefined, 64));
  const run = await trainUndisturbed(here, 'travels', 2);
  await here.call('runs.edit', { run: run.id, tags: ['kept'], notes: 'so are words' });
  const path = join(temporaryFolder(), 'travels.unroll');
  const exported = await finish(here, 'runs.export', { run: run.id, format: 'run', path, data });
  expect(exported).toMatchObject({ verified: true });

  const there = open(temporaryFolder());
  const opened = await finish(there, 'runs.import', { path });
  const same = ['name', 'status', 'graph', 'training', 'weightsSha256', 'last', 'best', 'bestEpoch'] as const;
  const edited = await here.call('runs.show', { run: run.id });
  for (const key of same) expect(opened[key]).toEqual(edited[key]);
  expect(opened).toMatchObject({ tags: ['kept'], notes: 'so are words' });
  const curves = (application: Application, id: string) =>
    application.call('runs.curves', { run: id, by: 'epoch' });
  expect(await curves(there, opened.id)).toEqual(await curves(here, run.id));
  const texts = ['word3 word7'];
  const own = await finish(here, 'predictions.score', { source: run.id, texts });
  expect(await finish(there, 'predictions.score', { source: opened.id, texts })).toEqual(own);
  expect(await there.call('data.list', {})).toHaveLength(data ? 1 : 0);
  const evaluated = finish(there, 'runs.evaluate', { run: opened.id });
  if (data) expect((await evaluated).examples).toBe(64);
  else await expect(evaluated).rejects.toThrow('holds no examples');
  const keras = join(temporaryFolder(), 'travels.keras');
  const onwards = await finish(there, 'runs.export', { run: opened.id, format: 'keras', path: keras });
  expect(onwards.verified).toBe(true);
  const again = await finish(there, 'runs.import', { path });
  expect([again.name, again.dataset.id]).toEqual(['travels-2', opened.dataset.id]);

  // Refused whether or not the workspace has the data already.
  const file = new Database(unsealed(readFileSync(path))!);
  file.exec(`UPDATE ${data ? 'dataset_pieces SET data' : 'vocabularies SET words'} = zeroblob(9)`);
  writeFileSync(path, sealed(file.serialize()));
  file.close();
  for (const application of [there, open(temporaryFolder())])
    await expect(finish(application, 'runs.import', { path })).rejects.toThrow('differs from its SHA-256');
  expect(await there.call('data.list', {})).toHaveLength(data ? 1 : 0);
});

it('blames the file to score where that is not there or is a folder, not the one to be written', async () => {
  const folder = temporaryFolder();
  const application = open(folder);
  for (const path of [join(folder, 'none.txt'), folder]) {
    const input = { source: 'any', path, out: join(folder, 'scored.jsonl') };
    const error = await application.call('predictions.file', input).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'file-missing', message: expect.stringContaining(path) as string });
  }
});
