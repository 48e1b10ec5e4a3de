/** Models that Keras itself saved (test/fixtures/models), read and compared with what Keras predicts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../../src/main/importers/models/index.ts';
import { temporaryFolder } from '../../workspace.ts';
import { predictWith } from '../../../predict-with.ts';

const folder = join(import.meta.dirname, '../../../../fixtures/models');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
  inputs: number[][];
  models: Record<string, { parameters: number; outputs: number[][] }>;
};

const inputs = Int32Array.from(expected.inputs.flat());

/** float32 sums in another order. */
const TOLERANCE = 1e-6;

describe.each(Object.entries(expected.models))('the model %s of Keras', (name, { parameters, outputs }) => {
  it.each(['keras', 'h5'])('predicts from .%s what Keras predicts', async (format) => {
    const { graph, weights } = await readModel(join(folder, `${name}.${format}`));
    expect(weights!.reduce((sum, { data }) => sum + data.length, 0)).toBe(parameters);
    const predicted = await predictWith(graph, weights!, inputs, [expected.inputs.length, 8]);
    const largest = Math.max(...outputs.flat().map((value, i) => Math.abs(value - predicted[i]!)));
    expect(largest).toBeLessThan(TOLERANCE);
  });

  it('has the same layers in Keras JSON, without weights', async () => {
    const json = await readModel(join(folder, `${name}.json`));
    const whole = await readModel(join(folder, `${name}.keras`));
    expect(json.weights).toBeNull();
    expect(json.graph.nodes).toEqual(whole.graph.nodes);
  });
});

it('says what of a file is not kept', async () => {
  const { graph, notes } = await readModel(join(folder, 'options.keras'));
  expect(notes).toEqual([]);
  expect(graph.nodes.find(({ id }) => id === 'lstm')!.config.kernel_regularizer).toBe('l2 0.01');
  const without = (what: string) =>
    `Training goes on here without the ${what}; predictions do not depend on it.`;

  // Once for all layers that have the same, with its numbers.
  const config = (class_name: string, values: object) => ({ class_name, config: values });
  const json = JSON.parse(readFileSync(join(folder, 'options.json'), 'utf8')) as {
    config: { layers: { class_name: string; config: Record<string, unknown> }[] };
  };
  const regularized = json.config.layers.filter((layer) => /RNN|LSTM|GRU|Dense/.test(layer.class_name));
  for (const layer of regularized) {
    layer.config.kernel_regularizer = config('L1L2', { l1: 0.0010000000474974513, l2: 0.5 });
    layer.config.bias_regularizer = config('OrthogonalRegularizer', { factor: 0.25, mode: 'rows' });
    layer.config.activity_regularizer = config('L1L2', { l1: 0.0010000000474974513, l2: 0.5 });
    layer.config.kernel_constraint = config('MaxNorm', { max_value: 2, axis: 0 });
    layer.config.bias_constraint = config('MyOwn', {});
  }
  const path = join(temporaryFolder(), 'regularized.json');
  writeFileSync(path, JSON.stringify(json));
  const layers = regularized.map((layer) => String(layer.config.name)).join(', ');
  const read = await readModel(path);
  expect(new Set(read.notes)).toEqual(
    new Set(
      ['bias_regularizer orthogonal_regularizer 0.25', 'activity_regularizer l1_l2 (l1 0.001, l2 0.5)']
        .concat(['bias_constraint my_own'])
        .map((what) => without(`${what} of ${layers}`)),
    ),
  );
  for (const { config: stated } of read.graph.nodes.filter(({ type }) => /RNN|LSTM|GRU|Dense/.test(type)))
    expect(stated).toMatchObject({ kernel_regularizer: 'l1 0.001 l2 0.5', kernel_constraint: 'max_norm 2' });
});

it('says which layers are others here, and what Keras would keep between batches', async () => {
  const several = await readModel(join(folder, 'several-outputs.keras'));
  expect(several.notes).toEqual([
    "steps's return_state is not kept; only its output is used.",
    'both and merged are one layer here, both with the merge_mode concat.',
    'ends is two layers here: ends_forward and ends_backward.',
    "last's return_state is not kept; its state h is its last output.",
    'late is only its backward layer here: late.',
  ]);
  const stateful = await readModel(join(folder, 'stateful.h5'));
  expect(stateful.graph.nodes[0]!.config).toMatchObject({ shape: [8] });
  expect(stateful.notes).toEqual([expect.stringContaining('begins from a zero state')]);
});

it.each(['lstm', 'gru'])('takes over that zeros stand where a step of its %s is masked', async (name) => {
  const model = JSON.parse(readFileSync(join(folder, 'mask-zero.json'), 'utf8')) as {
    config: { layers: { config: Record<string, unknown> }[] };
  };
  const { config } = model.config.layers.find((layer) => layer.config.name === name)!;
  config.zero_output_for_mask = true;
  const path = join(temporaryFolder(), 'zeros.json');
  writeFileSync(path, JSON.stringify(model));
  const { graph } = await readModel(path);
  expect(graph.nodes.find(({ id }) => id === name)!.config).toMatchObject({ zero_output_for_mask: true });
});
