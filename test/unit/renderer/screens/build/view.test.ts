import { expect, test } from 'vitest';
import { configure, emptyGraph } from '../../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../../src/shared/graph/graph.ts';
import { chain, findTemplate } from '../../../../../src/shared/graph/templates.ts';
import { layerDefinitions } from '../../../../../src/shared/layers/index.ts';
import { optimizerSchema } from '../../../../../src/shared/training.ts';
import { families, viewOf } from '../../../../../src/renderer/screens/build/view.ts';
import { commonFields, differs } from '../../../../../src/renderer/screens/build/shared-settings.ts';
import { longModel } from '../../../shared/graph/long-model.ts';

const batches = { batchSize: 128, optimizer: optimizerSchema.parse({ name: 'rmsprop' }) };
const view = (graph: ModelGraph) => viewOf(graph, null, batches);

test('the palette has every layer of the catalogue once', () => {
  const shown = families.flatMap(({ entries }) => entries.map(({ type }) => type));
  expect(shown.toSorted()).toEqual(layerDefinitions.map(({ type }) => type).toSorted());
});

test('layers have the shape they hand on, their parameters and the settings that matter', () => {
  const { nodes, edges, valid } = view(findTemplate('lecture-lstm')!.graph);
  expect(edges.map(({ from }) => from)).toEqual(['input', 'embedding', 'lstm']);
  expect(nodes.map(({ shape }) => shape)).toEqual([
    '(None, 500)',
    '(None, 500, 32)',
    '(None, 32)',
    '(None, 1)',
  ]);
  expect(nodes.map(({ parameters }) => parameters)).toEqual([0, 320000, 8320, 33]);
  expect(nodes.map(({ line }) => line)[2]).toBe('units 32 · tanh');
  expect(valid).toBe(true);
});

test('an empty model is no problem, and no model to train', () => {
  expect(view(emptyGraph('empty'))).toMatchObject({ problems: [], valid: false });
});

test('what is wrong stands at the layer that has it, and unknown shapes are not claimed', () => {
  const { nodes, valid } = view(
    chain('wrong', [
      ['input', 'Input', { shape: [5], dtype: 'int32' }],
      ['lstm', 'LSTM', { units: 2 }],
      ['dense', 'Dense', { units: 1 }],
    ]),
  );
  expect(nodes.map(({ problems }) => problems.length)).toEqual([0, 1, 0]);
  expect(nodes.map(({ shape }) => shape)).toEqual(['(None, 5)', null, null]);
  expect(valid).toBe(false);
});

test('several layers share the settings they all have', () => {
  const keys = commonFields(['LSTM', 'Dense']).map(({ key }) => key);
  expect(keys).toContain('units');
  expect(keys).toContain('activation');
  expect(keys).not.toContain('return_sequences');
  const [units] = commonFields(['LSTM']);
  const nodes = findTemplate('lecture-stacked-simple-rnn')!.graph.nodes.filter(
    ({ type }) => type === 'SimpleRNN',
  );
  expect(differs(nodes, units!)).toBe(false);
  expect(differs([...nodes, { ...nodes[0]!, config: { units: 7 } }], units!)).toBe(true);
});

test('after an edit of 200 layers everything shown is there within a frame', () => {
  let graph = longModel(200);
  const times = Array.from({ length: 20 }, (_, i) => {
    graph = configure(graph, [graph.nodes[1]!.id], { units: 8 + i });
    const began = performance.now();
    view(graph);
    return performance.now() - began;
  });
  expect(Math.min(...times)).toBeLessThan(16);
});
