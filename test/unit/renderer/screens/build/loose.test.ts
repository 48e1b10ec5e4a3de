import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyGraph, newNode } from '../../../../../src/shared/graph/edit.ts';
import { connectionsOf } from '../../../../../src/shared/graph/connect.ts';
import type { ModelGraph } from '../../../../../src/shared/graph/graph.ts';
import { nodesById, topologicalOrder } from '../../../../../src/shared/graph/order.ts';
import { chain } from '../../../../../src/shared/graph/templates.ts';
import { place, placesOf } from '../../../../../src/renderer/screens/build/layout.ts';
import { attach, fitting, looseRefusal } from '../../../../../src/renderer/screens/build/loose.ts';
import { anyEdit } from '../../../shared/graph/random-edits.ts';

const lecture = chain('lecture', [
  ['input', 'Input', { shape: [500], dtype: 'int32' }],
  ['embedding', 'Embedding', { input_dim: 100, output_dim: 8 }],
  ['lstm', 'LSTM', { units: 4 }],
]);
const at = { x: 700, y: 300 };
const inputsOf = (graph: ModelGraph) => Object.fromEntries(graph.nodes.map(({ id, inputs }) => [id, inputs]));

test('behind a sequence stand the layers that read one, behind a vector those that read that', () => {
  const sequence = fitting(lecture, { id: 'embedding', side: 'source', at });
  expect(sequence).toEqual(expect.arrayContaining(['LSTM', 'GRU', 'Conv1D', 'Dense', 'Concatenate']));
  expect(sequence).not.toContain('Embedding');
  expect(sequence).not.toContain('Input');
  const vector = fitting(lecture, { id: 'lstm', side: 'source', at });
  expect(vector).toContain('Dense');
  expect(vector).not.toContain('LSTM');
});

test('behind a layer whose output is not known any layer that reads something may stand', () => {
  const open = chain('open', [['lstm', 'LSTM', { units: 4 }]]);
  expect(fitting(open, { id: 'lstm', side: 'source', at })).toEqual(
    expect.arrayContaining(['LSTM', 'Embedding', 'Dense']),
  );
});

test('the new layer reads the one the connection came from, and what read that still does', () => {
  const grown = attach(lecture, newNode(lecture, 'GRU'), { id: 'embedding', side: 'source', at });
  expect(inputsOf(grown)).toMatchObject({ lstm: ['embedding'], gru: ['embedding'] });
});

test('a connection drawn from an input brings the layer that is read there', () => {
  const open = chain('open', [['lstm', 'LSTM', { units: 4 }]]);
  const grown = attach(open, newNode(open, 'Embedding'), { id: 'lstm', side: 'target', at });
  expect(grown.nodes.map(({ id }) => id)).toEqual(['embedding', 'lstm']);
  expect(inputsOf(grown)).toEqual({ embedding: [], lstm: ['embedding'] });
});

test('an input that is taken says so and gets nothing', () => {
  const end = { id: 'lstm', side: 'target', at } as const;
  expect(looseRefusal(lecture, end)).toBe('lstm already reads embedding; LSTM takes one input.');
  expect(fitting(lecture, end)).toEqual([]);
  expect(looseRefusal(lecture, { id: 'lstm', side: 'source' })).toBeNull();
});

test('where the user placed cards, the new one stands where the connection was let go', () => {
  const placed = place(lecture, new Map([['input', { x: 0, y: 0 }]]));
  const grown = attach(placed, newNode(placed, 'GRU'), { id: 'embedding', side: 'source', at });
  const { x, y } = placesOf(grown).get('gru')!;
  expect(x).toBeLessThan(at.x);
  expect(y).toBe(at.y);
  expect(placesOf(grown).get('lstm')).toEqual(placesOf(placed).get('lstm'));
});

test('whatever fits anywhere in any model adds one layer and one connection, and closes no circle', () => {
  fc.assert(
    fc.property(
      fc.array(anyEdit, { maxLength: 10 }),
      fc.nat(30),
      fc.constantFrom('source' as const, 'target' as const),
      (edits, pick, side) => {
        const graph = edits.reduce((now, edit) => edit(now), emptyGraph('any'));
        const node = graph.nodes[pick % Math.max(1, graph.nodes.length)];
        fc.pre(node !== undefined);
        const end = { id: node!.id, side, at };
        for (const type of fitting(graph, end)) {
          const grown = attach(graph, newNode(graph, type), end);
          expect(grown.nodes).toHaveLength(graph.nodes.length + 1);
          expect(connectionsOf(grown)).toHaveLength(connectionsOf(graph).length + 1);
          expect(topologicalOrder(nodesById(grown))).toHaveLength(grown.nodes.length);
        }
      },
    ),
    { numRuns: 60 },
  );
});
