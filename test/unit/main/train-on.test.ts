/**
 * Models that Keras had trained (test/fixtures/models/trained) are trained on here: with what their optimizer had kept, one
 * more epoch gives the loss that it gives in Keras, and the model then predicts the same.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApplication, type Application } from '../../../src/main/application.ts';
import { initialCheckpoint } from '../../../src/main/import-model.ts';
import { readModel } from '../../../src/main/importers/models/index.ts';
import { finishJob } from '../../../src/main/shells/finish-job.ts';
import { planRun } from '../../../src/main/plan-run.ts';
import { openWorkspace, type Workspace } from '../../../src/main/store/database.ts';
import { insertDataset } from '../../../src/main/store/dataset-writer.ts';
import { decodeCheckpoint } from '../../../src/shared/checkpoint.ts';
import { beginningWords } from '../../../src/shared/compiled.ts';
import type { Example } from '../../../src/shared/data/dataset.ts';
import { optimizerSchema, preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';
import { runEnd } from '../../faults/applications.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/models/trained');
const {
  examples,
  labels,
  batch_size,
  models: expected,
} = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as {
  examples: number[][];
  labels: number[];
  batch_size: number;
  models: Record<string, { loss: number; lossAnew: number; acc: number; outputs: number[] }>;
};

/** float32 sums in another order, over one epoch. */
const TOLERANCE = 2e-6;

async function* stream(): AsyncGenerator<Example> {
  for (const [i, ids] of examples.entries())
    yield { split: 'train', values: Int32Array.from(ids), label: labels[i]! };
}

/** A workspace with the data Keras had; ids stay what they are. */
async function folderWithExamples(): Promise<string> {
  const made = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  const { db, close } = openWorkspace(made);
  const conventions = { start_char: null, oov_char: 0, index_from: 0 };
  const about = {
    suggestedName: 'keras',
    kind: 'tokens',
    width: 1,
    hasTexts: false,
  } as const;
  const words = { conventions, vocabulary: [], source: { format: 'test' } };
  const classes = { keras: ['no', 'yes'], 'of three': ['no', 'perhaps', 'yes'] };
  for (const [name, own] of Object.entries(classes)) {
    const task = own.length === 2 ? 'binary' : 'multiclass';
    const content = { ...about, ...words, task, classes: own, examples: stream() } as const;
    await insertDataset(db, name, content, { signal: new AbortController().signal });
  }
  close();
  return made;
}

/** One application for all: their runs go one after another. */
let application: Application;
let workspace: Workspace;
let folder: string;

beforeAll(async () => {
  folder = await folderWithExamples();
  application = openApplication({ workspace: folder, shell: 'cli' });
  workspace = openWorkspace(folder);
});
afterAll(async () => {
  workspace.close();
  await application.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(Object.entries(expected))(
  'a model that Keras trained with %s goes on as in Keras',
  async (name, epoch) => {
    const path = join(fixtures, `${name}.keras`);
    const brought = await finishJob(application, 'models.import', { path, name });
    expect(brought.notes).toEqual([]);
    expect(await application.call('models.compiled', { name })).toEqual(brought.compiled);
    const run = `${name} goes on`;
    const end = runEnd(application, run);
    await application.call('training.start', {
      ...{ model: name, data: 'keras', name: run, asCompiled: true, threads: 1 },
      preprocessing: { num_words: null, maxlen: 8 },
      training: { epochs: 1, batch_size, shuffle: false, validation_split: 0 },
    });
    const { last } = await end;
    expect(last.loss).toBeCloseTo(epoch.loss, 6);
    expect(last.acc).toBeCloseTo(epoch.acc, 6);
    const scored = await finishJob(application, 'predictions.score', { source: run, tokens: examples });
    const largest = Math.max(...scored.map(({ probabilities: [p] }, i) => Math.abs(p! - epoch.outputs[i]!)));
    expect(largest).toBeLessThan(TOLERANCE);
  },
);

it('the state of every optimizer is the same in .h5', async () => {
  for (const name of Object.keys(expected)) {
    const keras = await readModel(join(fixtures, `${name}.keras`));
    const h5 = await readModel(join(fixtures, `${name}.h5`));
    expect(h5.compiled, name).toEqual(keras.compiled);
    expect(keras.compiled!.compiled, name).toMatchObject({
      ...{ loss: 'binary_crossentropy', metrics: ['acc'], iterations: 8 },
    });
  }
});

it('an optimizer comes with its settings', async () => {
  const { compiled } = await readModel(join(fixtures, 'rmsprop-centered.keras'));
  const settings = { learning_rate: 0.01, rho: 0.8, momentum: 0.5, centered: true, clipnorm: 0.5 };
  expect(compiled!.compiled.optimizer).toMatchObject({ name: 'rmsprop', ...settings });
});

it('a model made to fit the data goes on with the weights that still fit, and says which layers begin anew', async () => {
  const path = join(fixtures, 'adam.keras');
  const { weights } = await readModel(path);
  await finishJob(application, 'models.import', { path, name: 'fitted' });
  const planned = planRun(workspace.db, {
    ...{ model: 'fitted', data: 'of three', fitToData: true, lossFromData: true, asCompiled: true },
    ...{ engine: 'auto', threads: null },
    preprocessing: preprocessingSchema.parse({ num_words: null, maxlen: 8 }),
    training: trainingSchema.parse({}),
  });
  const { graph, initial, training } = planned;
  expect(training).toMatchObject({ optimizer: { name: 'adam' }, loss: 'sparse_categorical_crossentropy' });
  const verdict = graph.nodes.at(-1)!;
  expect(verdict.config).toMatchObject({ units: 3, activation: 'softmax' });
  const kept = decodeCheckpoint(initial!).weights;
  expect(kept).toEqual(weights!.filter(({ name }) => !name.startsWith(`${verdict.id}/`)));
  const asked = await application.call('models.beginning', { name: 'fitted', graph });
  expect(asked).toEqual({ source: 'adam.keras', anew: [verdict.id], all: false });
  expect(beginningWords(asked!)).toBe(
    `Training goes on from the weights of adam.keras, but for ${verdict.id}, which begins anew.`,
  );
});

it('a model of which no weight fits any more begins anew, and says so', async () => {
  const path = join(fixtures, 'adam.keras');
  const { model } = await finishJob(application, 'models.import', { path, name: 'outgrown' });
  const nodes = model.graph.nodes.map((node) => ({
    ...node,
    id: `${node.id}_2`,
    inputs: node.inputs.map((id) => `${id}_2`),
  }));
  const graph = { ...model.graph, nodes };
  expect(
    initialCheckpoint(workspace.db, 'outgrown', graph, optimizerSchema.parse({ name: 'adam' })),
  ).toBeNull();
  expect(beginningWords((await application.call('models.beginning', { name: 'outgrown', graph }))!)).toBe(
    'No weights of adam.keras fit this model any more: all its layers begin anew.',
  );
});

it.each([
  ['at another learning rate goes on', { learning_rate: 0.02 }, 8],
  ['with other settings begins anew', { learning_rate: 0.01, beta_1: 0.9 }, 0],
])('an optimizer %s', async (_, changed, iterations) => {
  const path = join(fixtures, 'adam.keras');
  const { name } = (await finishJob(application, 'models.import', { path })).model;
  const { graph } = await readModel(path);
  const optimizer = optimizerSchema.parse({ name: 'adam', beta_1: 0.85, ...changed });
  const { position, slots } = decodeCheckpoint(initialCheckpoint(workspace.db, name, graph, optimizer)!);
  expect(position).toMatchObject({ iterations, learningRate: optimizer.learning_rate });
  expect(slots.length > 0).toBe(iterations > 0);
});
