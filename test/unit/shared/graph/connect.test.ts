import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connect,
  connectionRefusal,
  connectionsOf,
  disconnect,
  insertionRefusal,
  insertOnConnection,
  reconnect,
} from '../../../../src/shared/graph/connect.ts';
import { addNode, emptyGraph, newNode } from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { endsOf, inOrder, nodesById, topologicalOrder } from '../../../../src/shared/graph/order.ts';
import { findTemplate } from '../../../../src/shared/graph/templates.ts';
import { layerDefinition } from '../../../../src/shared/layers/index.ts';
import { twoBranches } from './graphs.ts';
import { anyEdit } from './random-edits.ts';

const lstm = findTemplate('lecture-lstm')!.graph;
const loose = addNode(lstm, newNode(lstm, 'Dropout'));
const links = (graph: ModelGraph) => connectionsOf(graph).map(({ from, to }) => `${from}>${to}`);
const embeddingToLstm = { from: 'embedding', to: 'lstm', slot: 0 };

describe('a connection is refused with the reason', () => {
  it.each([
    ['lstm', 'lstm', 'lstm cannot read its own output.'],
    ['dense', 'embedding', 'dense already depends on embedding: this would close a circle.'],
    ['embedding', 'input', 'input is an Input: it reads the data, not another layer.'],
    ['input', 'lstm', 'lstm already reads embedding; LSTM takes one input.'],
    ['embedding', 'lstm', 'lstm already reads embedding.'],
    ['gone', 'lstm', 'One of the two layers is no longer in the model.'],
  ])('%s to %s', (from, to, reason) => {
    expect(connectionRefusal(lstm, from, to)).toBe(reason);
    expect(connect(lstm, from, to)).toBe(lstm);
  });

  it('a merge takes another input, but not one it has', () => {
    expect(connectionRefusal(twoBranches, 'lstm', 'concatenate')).toBe('concatenate already reads lstm.');
    expect(connectionRefusal(twoBranches, 'embedding', 'concatenate')).toBeNull();
    expect(links(connect(twoBranches, 'embedding', 'concatenate'))).toContain('embedding>concatenate');
  });

  it('moving a connection must not leave a second output', () => {
    expect(connectionRefusal(lstm, 'input', 'lstm', embeddingToLstm)).toBe(
      'Nothing would read embedding any more, and a model has one output.',
    );
    expect(reconnect(lstm, embeddingToLstm, 'input', 'lstm')).toBe(lstm);
    // A loose layer that takes the old one's place leaves as many ends as there were.
    expect(connectionRefusal(loose, 'dropout', 'lstm', embeddingToLstm)).toBeNull();
  });

  it('what stands in the middle of a connection reads another layer', () => {
    expect(insertionRefusal('Input')).toBe('An Input reads the data: it cannot stand between two layers.');
    expect(insertionRefusal('LSTM')).toBeNull();
    expect(insertOnConnection(lstm, newNode(lstm, 'Input'), embeddingToLstm)).toBe(lstm);
  });
});

describe('edits of connections', () => {
  it('connect, reconnect and disconnect', () => {
    const connected = connect(loose, 'dense', 'dropout');
    expect(links(connected)).toEqual(['input>embedding', 'embedding>lstm', 'lstm>dense', 'dense>dropout']);
    const moved = reconnect(loose, embeddingToLstm, 'dropout', 'lstm');
    expect(links(moved)).toContain('dropout>lstm');
    const elsewhere = reconnect(loose, embeddingToLstm, 'embedding', 'dropout');
    expect(links(elsewhere)).toEqual(['input>embedding', 'lstm>dense', 'embedding>dropout']);
    expect(disconnect(connected, { from: 'dense', to: 'dropout', slot: 0 })).toEqual(loose);
    expect(disconnect(loose, { from: 'dense', to: 'dropout', slot: 0 })).toBe(loose);
  });

  it("a new source takes the old one's place among the inputs", () => {
    const loner = addNode(twoBranches, newNode(twoBranches, 'Dropout'));
    const first = { from: 'global_max_pooling1d', to: 'concatenate', slot: 0 };
    expect(links(reconnect(loner, first, 'dropout', 'concatenate'))).toEqual(
      links(loner).map((link) => link.replace('global_max_pooling1d>c', 'dropout>c')),
    );
  });

  it('insert in the middle of one', () => {
    const graph = insertOnConnection(lstm, newNode(lstm, 'Dropout'), embeddingToLstm);
    expect(links(graph)).toEqual(['input>embedding', 'embedding>dropout', 'dropout>lstm', 'lstm>dense']);
    expect(graph.nodes.map(({ id }) => id)).toEqual(['input', 'embedding', 'dropout', 'lstm', 'dense']);
  });
});

describe('whatever is edited, and in whatever order', () => {
  const anyGraph = fc
    .tuple(fc.constantFrom(lstm, twoBranches, emptyGraph('new')), fc.array(anyEdit, { maxLength: 15 }))
    .map(([start, edits]) => edits.reduce((graph, edit) => edit(graph), start));

  it('names are unique, inputs exist, no layer takes too many, and there is no circle', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const byId = nodesById(graph);
        expect(byId.size).toBe(graph.nodes.length);
        expect(topologicalOrder(byId)).toHaveLength(graph.nodes.length);
        for (const { type, inputs } of graph.nodes) {
          expect(inputs.every((id) => byId.has(id))).toBe(true);
          expect(inputs.length).toBeLessThanOrEqual(layerDefinition(type).inputs.max);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a connection is made exactly when it is not refused', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(30), fc.nat(30), (graph, a, b) => {
        fc.pre(graph.nodes.length > 0);
        const [from, to] = [graph.nodes[a % graph.nodes.length]!.id, graph.nodes[b % graph.nodes.length]!.id];
        const after = connect(graph, from, to);
        expect(after === graph).toBe(connectionRefusal(graph, from, to) !== null);
        expect(endsOf(after).length).toBeLessThanOrEqual(endsOf(graph).length);
      }),
      { numRuns: 300 },
    );
  });

  it('putting layers in order changes nothing but their order, and once is enough', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const ordered = inOrder(graph);
        const seen = new Set<string>();
        for (const { id, inputs } of ordered.nodes) {
          expect(inputs.every((input) => seen.has(input))).toBe(true);
          seen.add(id);
        }
        expect(nodesById(ordered)).toEqual(nodesById(graph));
        expect(inOrder(ordered)).toBe(ordered);
      }),
      { numRuns: 300 },
    );
  });
});
