import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApplication, type Application } from '../../../../src/main/application.ts';
import { DATABASE_FILE, openWorkspace } from '../../../../src/main/store/database.ts';
import { migrate, readMigrations } from '../../../../src/main/store/migrations.ts';
import { configure } from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import {
  emptyHistory,
  historyOf,
  journalChange,
  journalOf,
  recordEdit,
  undo,
  type EditHistory,
  type Journal,
} from '../../../../src/shared/graph/history.ts';
import { smallGraph, temporaryFolder } from '../workspace.ts';

function open(workspace = temporaryFolder()): Application {
  const application = openApplication({ workspace, shell: 'cli' });
  onTestFinished(() => application.close());
  return application;
}

const withUnits = (units: number): ModelGraph => configure(smallGraph, ['simple_rnn'], { units });
const nothingStored: Journal = { steps: [], done: 0 };

function edits(...units: number[]): { graph: ModelGraph; history: EditHistory } {
  let graph = smallGraph;
  let history = emptyHistory;
  for (const next of units.map(withUnits)) {
    history = recordEdit(history, graph, next, 'Units');
    graph = next;
  }
  return { graph, history };
}

describe('a draft', () => {
  it('comes back after a restart with its journal, which undoes to where it began', async () => {
    const workspace = temporaryFolder();
    const first = openApplication({ workspace, shell: 'serve' });
    const { graph, history } = edits(6, 7, 8);
    const journal = journalOf(history);
    const kept = { id: 'one', model: null, graph, version: 0, ...journalChange(nothingStored, journal) };
    expect(await first.call('drafts.keep', kept)).toEqual({ version: 1 });
    const back = undo(history, graph)!;
    const change = journalChange(journal, journalOf(back.history));
    expect(change.steps).toEqual([]);
    await first.call('drafts.keep', { ...kept, graph: back.graph, version: 1, ...change });
    await first.close();

    const draft = (await open(workspace).call('drafts.latest', {}))!;
    expect(draft).toMatchObject({ id: 'one', model: null, version: 2, graph: withUnits(7) });
    let now = { history: historyOf(draft.journal), graph: draft.graph };
    expect(now.history.undone).toHaveLength(1);
    for (let next = undo(now.history, now.graph); next; next = undo(now.history, now.graph)) now = next;
    expect(now.graph).toEqual(smallGraph);
  });

  it('is not overwritten by another window that did not see its last change', async () => {
    const application = open();
    const { graph, history } = edits(6);
    const kept = { id: 'one', model: null, graph, ...journalChange(nothingStored, journalOf(history)) };
    await application.call('drafts.keep', { ...kept, version: 0 });
    const late = { ...kept, graph: withUnits(9), from: 1, steps: [], done: 0 };
    await expect(application.call('drafts.keep', { ...late, version: 0 })).rejects.toMatchObject({
      code: 'draft-changed',
      message: 'The model small-rnn was changed in another window meanwhile.',
    });
    await expect(application.call('drafts.keep', { ...late, version: 1, done: 5 })).rejects.toMatchObject({
      code: 'draft-changed',
    });
    expect((await application.call('drafts.show', { id: 'one' })).graph).toEqual(withUnits(6));
  });

  it('belongs to a saved model, one each, and follows its name', async () => {
    const application = open();
    const draft = { id: 'one', model: 'mine', graph: smallGraph, from: 0, steps: [], done: 0, version: 0 };
    await expect(application.call('drafts.keep', draft)).rejects.toMatchObject({ code: 'not-found' });
    await application.call('models.save', { name: 'mine', graph: smallGraph });
    await application.call('drafts.keep', draft);
    await application.call('drafts.keep', { ...draft, id: 'two' });
    expect((await application.call('drafts.list', {})).map(({ id }) => id)).toEqual(['two']);
    await application.call('models.rename', { name: 'mine', to: 'ours' });
    const found = await application.call('drafts.find', { model: 'ours' });
    expect(found).toMatchObject({ id: 'two', graph: { name: 'ours' } });
    expect(await application.call('drafts.find', { model: 'mine' })).toBeNull();
    await application.call('drafts.remove', { id: 'two' });
    await expect(application.call('drafts.show', { id: 'two' })).rejects.toMatchObject({ code: 'not-found' });
    expect(await application.call('drafts.latest', {})).toBeNull();
  });
});

describe('revisions of a model', () => {
  it('are kept with every save that changes it, and restored as the newest', async () => {
    const application = open();
    const save = (units: number) =>
      application.call('models.save', { name: 'mine', graph: withUnits(units) });
    for (const units of [5, 6, 6, 7]) await save(units);
    const revisions = await application.call('models.revisions', { name: 'mine' });
    expect(revisions.map(({ revision, parameters }) => [revision, parameters])).toEqual([
      [3, 96 + 84 + 8],
      [2, 96 + 66 + 7],
      [1, 96 + 50 + 6],
    ]);
    const restored = await application.call('models.restoreRevision', { name: 'mine', revision: 1 });
    expect(restored.graph).toEqual({ ...withUnits(5), name: 'mine' });
    expect((await application.call('models.revisions', { name: 'mine' })).map((one) => one.revision)).toEqual(
      [4, 3, 2, 1],
    );
    await expect(
      application.call('models.restoreRevision', { name: 'mine', revision: 9 }),
    ).rejects.toMatchObject({ message: 'There is no revision of mine named 9.' });
    await expect(application.call('models.revisions', { name: 'lecture-lstm' })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });

  it('go along when it is renamed; a taken name is refused', async () => {
    const application = open();
    await application.call('models.save', { name: 'mine', graph: withUnits(5) });
    await application.call('models.save', { name: 'mine', graph: withUnits(6) });
    await application.call('models.save', { name: 'other', graph: withUnits(7) });
    await expect(application.call('models.rename', { name: 'mine', to: 'other' })).rejects.toMatchObject({
      code: 'name-taken',
    });
    await expect(application.call('models.rename', { name: 'mine', to: 'gru' })).rejects.toMatchObject({
      code: 'name-taken',
    });
    await application.call('models.remove', { name: 'other' });
    const renamed = await application.call('models.rename', { name: 'mine', to: 'other' });
    expect(renamed.graph).toEqual({ ...withUnits(6), name: 'other' });
    expect(await application.call('models.revisions', { name: 'other' })).toHaveLength(3);
    await expect(application.call('models.show', { name: 'mine' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

it("the user's own templates stand beside the built-in ones and stay templates when saved again", async () => {
  const application = open();
  const about = { template: true, description: 'Small and quick.' };
  await application.call('models.save', { name: 'start-here', graph: smallGraph, ...about });
  await application.call('models.save', { name: 'start-here', graph: withUnits(9) });
  const templates = (await application.call('models.list', {})).filter(({ template }) => template);
  expect(templates.find(({ builtIn }) => !builtIn)).toMatchObject({ name: 'start-here', ...about });
  expect(templates.find(({ name }) => name === 'lecture-lstm')).toMatchObject({
    builtIn: true,
    description: 'The same with LSTM(32): its carry remembers.',
  });
});

it('a workspace of the first schema keeps its models, each as its first revision', () => {
  const folder = temporaryFolder();
  const old = new Database(join(folder, DATABASE_FILE));
  migrate(old, folder, readMigrations().slice(0, 1));
  const insert = old.prepare('INSERT INTO models (name, graph, updated_at, removed_at) VALUES (?, ?, ?, ?)');
  insert.run('mine', JSON.stringify(smallGraph), 1000, null);
  insert.run('in the bin', JSON.stringify(smallGraph), 2000, 3000);
  old.close();

  const { db, close } = openWorkspace(folder);
  onTestFinished(close);
  const rows = db
    .prepare('SELECT name, template, description, removed_at FROM models ORDER BY name')
    .raw()
    .all();
  expect(rows).toEqual([
    ['in the bin', 0, '', 3000],
    ['mine', 0, '', null],
  ]);
  const revisions = db
    .prepare('SELECT model, revision, graph, created_at FROM model_revisions ORDER BY model')
    .raw();
  expect(revisions.all()).toEqual([
    ['in the bin', 1, JSON.stringify(smallGraph), 2000],
    ['mine', 1, JSON.stringify(smallGraph), 1000],
  ]);
});
