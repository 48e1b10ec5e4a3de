import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../../../../src/shared/graph/analyse.ts';
import { connectionRefusal } from '../../../../../src/shared/graph/connect.ts';
import { emptyGraph, newNode } from '../../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../../src/shared/graph/graph.ts';
import { topologicalOrder, nodesById } from '../../../../../src/shared/graph/order.ts';
import { chain } from '../../../../../src/shared/graph/templates.ts';
import { layerDefinitions } from '../../../../../src/shared/layers/index.ts';
import {
  appendLayer,
  insertBefore,
  moveInChain,
  readable,
  readInstead,
  renameLayer,
} from '../../../../../src/renderer/screens/build/edits.ts';
import { anyEdit } from '../../../shared/graph/random-edits.ts';

const lecture = chain('lecture', [
  ['input', 'Input', { shape: [500], dtype: 'int32' }],
  ['embedding', 'Embedding', { input_dim: 100, output_dim: 8 }],
  ['lstm', 'LSTM', { units: 4 }],
  ['dense', 'Dense', { units: 1 }],
]);
const ids = (graph: ModelGraph) => graph.nodes.map(({ id }) => id);
const inputsOf = (graph: ModelGraph) => Object.fromEntries(graph.nodes.map(({ id, inputs }) => [id, inputs]));

test('a layer is added behind the one given, at the end, or in front', () => {
  const behind = appendLayer(lecture, newNode(lecture, 'Dropout'), 'lstm');
  expect(inputsOf(behind)).toMatchObject({ dropout: ['lstm'], dense: ['dropout'] });
  expect(inputsOf(appendLayer(lecture, newNode(lecture, 'Dropout'), null))).toMatchObject({
    dropout: ['dense'],
  });
  const before = insertBefore(lecture, newNode(lecture, 'Dropout'), 'lstm');
  expect(ids(before)).toEqual(['input', 'embedding', 'dropout', 'lstm', 'dense']);
  expect(inputsOf(before)).toMatchObject({ dropout: ['embedding'], lstm: ['dropout'] });
});

test('an Input feeds a model that has none, and else stands on its own', () => {
  const rest = {
    ...lecture,
    nodes: lecture.nodes
      .slice(1)
      .map((node) => ({ ...node, inputs: node.inputs.filter((id) => id !== 'input') })),
  };
  expect(inputsOf(appendLayer(rest, newNode(rest, 'Input'), 'dense'))).toMatchObject({
    embedding: ['input'],
  });
  expect(inputsOf(appendLayer(lecture, newNode(lecture, 'Input'), 'lstm'))).toMatchObject({
    input_1: [],
    dense: ['lstm'],
  });
});

test('a layer changes places with its neighbour in the chain, never with the Input', () => {
  expect(ids(moveInChain(lecture, 'lstm', 1))).toEqual(['input', 'embedding', 'dense', 'lstm']);
  expect(ids(moveInChain(lecture, 'dense', -1))).toEqual(['input', 'embedding', 'dense', 'lstm']);
  expect(moveInChain(lecture, 'embedding', -1)).toBe(lecture);
  expect(moveInChain(lecture, 'dense', 1)).toBe(lecture);
  expect(inputsOf(moveInChain(lecture, 'lstm', 1))).toEqual({
    input: [],
    embedding: ['input'],
    dense: ['embedding'],
    lstm: ['dense'],
  });
});

test('an input can read any layer that closes no circle', () => {
  expect(readable(lecture, 'dense', 0)).toEqual(['input', 'embedding', 'lstm']);
  expect(readable(lecture, 'embedding', 0)).toEqual(['input']);
  expect(inputsOf(readInstead(lecture, 'dense', 0, 'embedding'))).toMatchObject({ dense: ['embedding'] });
  expect(readInstead(lecture, 'embedding', 0, 'dense')).toBe(lecture);
});

test('what an input can read is what the rules of connecting allow, in any model', () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { maxLength: 15 }), fc.nat(30), fc.nat(3), (edits, at, back) => {
      const graph = edits.reduce((now, edit) => edit(now), lecture);
      const node = graph.nodes[at % Math.max(1, graph.nodes.length)];
      if (node === undefined) return;
      const slot = Math.max(0, node.inputs.length - back);
      const rest = { ...node, inputs: node.inputs.toSpliced(slot, 1) };
      const without = { ...graph, nodes: graph.nodes.map((one) => (one === node ? rest : one)) };
      const allowed = ids(graph).filter((from) => connectionRefusal(without, from, node.id) === null);
      expect(readable(graph, node.id, slot)).toEqual(allowed);
    }),
  );
});

test('a name is one Keras takes and no other layer has', () => {
  expect(ids(renameLayer(lecture, 'lstm', 'memory'))).toContain('memory');
  expect(() => renameLayer(lecture, 'lstm', 'dense')).toThrow(/dense/);
  expect(() => renameLayer(lecture, 'lstm', 'two words')).toThrow(/no spaces/);
  expect(() => renameLayer(lecture, 'lstm', 'a/b')).toThrow(/Keras takes no \/ in names/);
  for (const name of ['"', 'a\\b', 'a\nb', "'", '%s', '{}', 'naïve', '1st', 'x'.repeat(201)])
    expect(() => renameLayer(lecture, 'lstm', name), name).toThrow(/a layer name .* letter/);
  expect(() => renameLayer(lecture, 'lstm', '')).toThrow('The name is not valid: a layer has a name.');
});

test('any edits by key keep names unique, connections whole and the model free of circles', () => {
  const types = fc.constantFrom(...layerDefinitions.map(({ type }) => type));
  const step = fc.record({
    kind: fc.constantFrom('append', 'before', 'move', 'read'),
    type: types,
    at: fc.nat(50),
    by: fc.constantFrom(-1 as const, 1 as const),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let graph = emptyGraph('random');
      for (const { kind, type, at, by } of steps) {
        const id = graph.nodes.length === 0 ? null : graph.nodes[at % graph.nodes.length]!.id;
        if (kind === 'append' || id === null) graph = appendLayer(graph, newNode(graph, type), id);
        else if (kind === 'before') graph = insertBefore(graph, newNode(graph, type), id);
        else if (kind === 'move') graph = moveInChain(graph, id, by);
        else graph = readInstead(graph, id, 0, readable(graph, id, 0)[at % 3] ?? id);
      }
      const known = new Set(ids(graph));
      expect(known.size).toBe(graph.nodes.length);
      expect(graph.nodes.every(({ inputs }) => inputs.every((input) => known.has(input)))).toBe(true);
      expect(topologicalOrder(nodesById(graph))).toHaveLength(graph.nodes.length);
      expect(() => analyse(graph)).not.toThrow();
    }),
  );
});
