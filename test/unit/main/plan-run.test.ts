import { describe, expect, it } from 'vitest';
import { planRun } from '../../../src/main/plan-run.ts';
import type { WritableDb } from '../../../src/main/store/database.ts';
import { createRun } from '../../../src/main/store/runs.ts';
import { saveModel } from '../../../src/main/store/models.ts';
import { writeSetting } from '../../../src/main/store/settings.ts';
import { startInputSchema, type StartInput } from '../../../src/shared/contract/runs.ts';
import { insertSmallDataset, smallGraph, temporaryWorkspace } from './workspace.ts';

async function workspaceWithData(): Promise<WritableDb> {
  const { db } = temporaryWorkspace();
  await insertSmallDataset(db);
  return db;
}

const plan = (db: WritableDb, changes: Partial<StartInput>) =>
  planRun(
    db,
    startInputSchema.parse({
      model: smallGraph,
      data: 'small',
      preprocessing: { num_words: null, maxlen: 12 },
      ...changes,
    }),
  );

describe('planning a run', () => {
  it('fits a built-in model to the data and counts its parameters', async () => {
    const db = await workspaceWithData();
    const planned = plan(db, { model: 'lecture-simple-rnn' });
    expect(planned).toMatchObject({
      name: 'lecture-simple-rnn',
      model: 'lecture-simple-rnn',
      dataset: { name: 'small' },
    });
    expect(planned.graph.nodes.map(({ config }) => config)).toMatchObject([
      { shape: [12] },
      { input_dim: 24 },
      { units: 32 },
      { units: 1 },
    ]);
    // Embedding 24 x 32, SimpleRNN 32 x 32 twice and 32, Dense 33.
    expect(planned.parameters).toBe(24 * 32 + 2080 + 33);
  });

  it("takes a model of the user's own as it is", async () => {
    const db = await workspaceWithData();
    saveModel(db, 'mine', smallGraph);
    expect(plan(db, { model: 'mine' })).toMatchObject({ name: 'mine', graph: smallGraph });
    expect(plan(db, { model: smallGraph })).toMatchObject({ name: 'small-rnn', graph: smallGraph });
  });

  it('names runs after the model, with the first number that is free', async () => {
    const db = await workspaceWithData();
    for (const name of ['small-rnn', 'small-rnn-2', 'small-rnn-3']) {
      expect(createRun(db, plan(db, {})).name).toBe(name);
    }
    expect(plan(db, { name: 'another' }).name).toBe('another');
  });

  it('takes loss and metrics from the data where it is asked to and none are stated', async () => {
    const db = await workspaceWithData();
    await insertSmallDataset(db, 'three');
    db.prepare(
      `UPDATE datasets SET task = 'multiclass', classes = '["a","b","c"]' WHERE name = 'three'`,
    ).run();
    const three = { model: 'lecture-lstm', data: 'three', lossFromData: true };
    const planned = plan(db, three);
    expect(planned.training).toMatchObject({ loss: 'sparse_categorical_crossentropy', metrics: ['acc'] });
    expect(planned.graph.nodes.at(-1)?.config).toMatchObject({ units: 3, activation: 'softmax' });
    expect(() => plan(db, { ...three, training: { loss: 'mse' } })).toThrow(
      expect.objectContaining({ code: 'model-data-mismatch' }),
    );
    expect(() => plan(db, { ...three, lossFromData: false })).toThrow(
      expect.objectContaining({ code: 'model-data-mismatch' }),
    );
  });

  it('uses the engine chosen in the settings unless the run asks for one', async () => {
    const db = await workspaceWithData();
    expect(plan(db, {}).engine).toBe('auto');
    writeSetting(db, 'engine', 'reference');
    expect(plan(db, {}).engine).toBe('reference');
    expect(plan(db, { engine: 'simd' }).engine).toBe('simd');
    writeSetting(db, 'engine', 'steam');
    expect(plan(db, {}).engine).toBe('auto');
  });

  it.each([
    ['a model there is not', { model: 'nothing' }, 'not-found'],
    ['data there is not', { data: 'nothing' }, 'not-found'],
    ['a model without layers', { model: { ...smallGraph, nodes: [] } }, 'model-invalid'],
    [
      'sequences of another length',
      { preprocessing: { num_words: null, maxlen: 13 } },
      'model-data-mismatch',
    ],
    ['more ids than the embedding has rows', { model: withRows(20) }, 'model-data-mismatch'],
    [
      'one example and a validation split',
      { training: { limit: 2, validation_split: 0.9 } },
      'split-impossible',
    ],
  ] as const)('refuses %s', async (_, changes, code) => {
    const db = await workspaceWithData();
    expect(() => plan(db, changes as Partial<StartInput>)).toThrow(expect.objectContaining({ code }));
  });
});

function withRows(input_dim: number) {
  const nodes = smallGraph.nodes.map((node) =>
    node.type === 'Embedding' ? { ...node, config: { ...node.config, input_dim } } : node,
  );
  return { ...smallGraph, nodes };
}
