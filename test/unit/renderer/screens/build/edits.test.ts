import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insertLayer, moveLayer, renameLayer } from '../../../../../src/renderer/screens/build/edits.ts';
import { graphOf, recordsOf } from '../../../../../src/renderer/screens/build/records.ts';
import { viewOf } from '../../../../../src/renderer/screens/build/view.ts';
import { applyDiff, diffRecords, History, invertDiff } from '../../../../../src/renderer/state/history.ts';
import { duplicateNode, emptyGraph, removeNodes } from '../../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../../src/shared/graph/graph.ts';
import { findTemplate } from '../../../../../src/shared/graph/templates.ts';
import { layerDefinitions } from '../../../../../src/shared/layers/index.ts';

const lstm = findTemplate('lecture-lstm')!.graph;
const ids = (graph: ModelGraph) => graph.nodes.map(({ id }) => id);

type Edit = (graph: ModelGraph) => ModelGraph;
const pick = (graph: ModelGraph, at: number) => graph.nodes[at % Math.max(1, graph.nodes.length)]?.id ?? '';
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.constantFrom(...layerDefinitions.map(({ type }) => type)), fc.nat(8)).map(
    ([type, place]): Edit =>
      (graph) =>
        insertLayer(graph, type, place),
  ),
  fc.tuple(fc.nat(8), fc.nat(8)).map(
    ([at, place]): Edit =>
      (graph) =>
        moveLayer(graph, pick(graph, at), place),
  ),
  fc.nat(8).map(
    (at): Edit =>
      (graph) =>
        removeNodes(graph, [pick(graph, at)]),
  ),
  fc.nat(8).map(
    (at): Edit =>
      (graph) =>
        duplicateNode(graph, pick(graph, at)),
  ),
);

describe('edits of the stack', () => {
  it('move a layer into the gap it was dropped in', () => {
    expect(ids(moveLayer(lstm, 'dense', 2))).toEqual(['input', 'embedding', 'dense', 'lstm']);
    expect(moveLayer(lstm, 'lstm', 2)).toBe(lstm);
    expect(moveLayer(lstm, 'lstm', 3)).toBe(lstm);
  });

  it('insert at the place asked for and keep a chain a chain', () => {
    const longer = insertLayer(lstm, 'Dropout', 3);
    expect(ids(longer)).toEqual(['input', 'embedding', 'lstm', 'dropout', 'dense']);
    expect(viewOf(longer).problems).toEqual([]);
    expect(viewOf(longer).parameters).toBe(328353);
  });

  it('refuse a name that is taken or that Keras does not take', () => {
    expect(() => renameLayer(lstm, 'lstm', 'dense')).toThrow('A layer named dense already exists.');
    expect(() => renameLayer(lstm, 'lstm', 'two words')).toThrow('a layer name starts with a letter');
    expect(ids(renameLayer(lstm, 'lstm', 'memory'))).toEqual(['input', 'embedding', 'memory', 'dense']);
  });

  it('are undone and redone exactly, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const history = new History();
        let graph = emptyGraph('model');
        for (const change of edits) {
          const next = change(graph);
          const diff = diffRecords(recordsOf(graph), recordsOf(next));
          expect(graphOf(applyDiff(diff, recordsOf(graph)))).toEqual(next);
          expect(graphOf(applyDiff(invertDiff(diff), recordsOf(next)))).toEqual(graph);
          history.record(recordsOf(graph), recordsOf(next), 'Edit');
          graph = next;
        }
        let records = recordsOf(graph);
        for (let before = history.undo(records); before !== null; before = history.undo(records))
          records = before;
        expect(graphOf(records)).toEqual(emptyGraph('model'));
        for (let after = history.redo(records); after !== null; after = history.redo(records))
          records = after;
        expect(graphOf(records)).toEqual(graph);
      }),
    );
  });
});
