import { expect, test } from 'vitest';
import { emptyGraph, newNode } from '../../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../../src/shared/graph/graph.ts';
import { chain } from '../../../../../src/shared/graph/templates.ts';
import { dropTarget, land } from '../../../../../src/renderer/screens/build/drop.ts';
import { CARD, STEP, type Point } from '../../../../../src/renderer/screens/build/card.ts';
import { placesOf } from '../../../../../src/renderer/screens/build/layout.ts';

const model = chain('model', [
  ['input', 'Input', { shape: [5], dtype: 'int32' }],
  ['embedding', 'Embedding', { input_dim: 9, output_dim: 2 }],
  ['dense', 'Dense', { units: 1 }],
]);
const middle = CARD.width / 2;
const at = (graph: ModelGraph, type: string, point: Point) => dropTarget(graph, placesOf(graph), type, point);
const dropped = (graph: ModelGraph, type: string, point: Point) => {
  const { landing } = at(graph, type, point);
  const after = land(graph, newNode(graph, type), landing);
  return Object.fromEntries(after.nodes.map(({ id, inputs }) => [id, inputs]));
};

test('near an edge a layer comes between its ends', () => {
  const point = { x: middle + 20, y: STEP + CARD.height + 25 };
  expect(at(model, 'LSTM', point).words).toBe('between embedding and dense');
  expect(dropped(model, 'LSTM', point)).toMatchObject({ lstm: ['embedding'], dense: ['lstm'] });
});

test('below the last layer it reads that one', () => {
  expect(dropped(model, 'Dropout', { x: 40, y: 2 * STEP + CARD.height + 30 })).toMatchObject({
    dropout: ['dense'],
  });
});

test('at an output that is read already it begins a branch', () => {
  expect(dropped(model, 'GRU', { x: middle, y: STEP + CARD.height })).toMatchObject({
    gru: ['embedding'],
    dense: ['embedding'],
  });
});

test('at a free input it is what is read there', () => {
  const merged = chain('merged', [
    ['input', 'Input', {}],
    ['add', 'Add', {}],
  ]);
  expect(dropped(merged, 'Dense', { x: middle, y: STEP })).toEqual({
    input: [],
    add: ['input', 'dense'],
    dense: [],
  });
  const open = chain('open', [['lstm', 'LSTM', { units: 2 }]]);
  expect(dropped(open, 'Input', { x: middle, y: -20 })).toEqual({ input: [], lstm: ['input'] });
});

test('anywhere below a lone Input it reads that, as there is nothing else', () => {
  const lone = chain('lone', [['input', 'Input', { shape: [5] }]]);
  const far = { x: 700, y: 400 };
  expect(at(lone, 'LSTM', far).words).toBe('after input');
  expect(dropped(lone, 'LSTM', far)).toEqual({ input: [], lstm: ['input'] });
  expect(dropped(lone, 'Input', far)).toEqual({ input: [], input_1: [] });
});

test('on the open canvas it stands where it was dropped, and the others stay', () => {
  const { landing } = at(model, 'LSTM', { x: 700, y: 100 });
  const after = land(model, newNode(model, 'LSTM'), landing);
  expect(after.nodes.at(-1)).toMatchObject({
    id: 'lstm',
    inputs: [],
    position: { x: 700 - middle, y: 100 - CARD.height / 2 },
  });
  expect(placesOf(after).get('dense')).toEqual(placesOf(model).get('dense'));
});

test('the first layer needs no place', () => {
  const empty = emptyGraph('empty');
  expect(land(empty, newNode(empty, 'Input'), at(empty, 'Input', { x: 9, y: 9 }).landing).nodes).toHaveLength(
    1,
  );
});

test('an Input is refused between two layers, with the reason', () => {
  const target = at(model, 'Input', { x: middle, y: STEP + CARD.height + 25 });
  expect(target.refused).toBe(true);
  expect(target.words).toMatch(/cannot stand between/);
});
