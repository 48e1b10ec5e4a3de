import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyLayers,
  pasteLayers,
  readCopiedLayers,
  type CopiedLayers,
} from '../../../../src/shared/graph/clipboard.ts';
import { emptyGraph, removeNodes } from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { findTemplate } from '../../../../src/shared/graph/templates.ts';
import { twoBranches } from './graphs.ts';
import { anyEdit } from './random-edits.ts';

const lstm = findTemplate('lecture-lstm')!.graph;
const links = (graph: ModelGraph) => graph.nodes.map(({ id, inputs }) => `${inputs.join('+')}>${id}`);

/** The same layers with names by place, so that copies with other names can be compared. */
function nameless({ nodes }: CopiedLayers): unknown {
  const place = new Map(nodes.map(({ id }, i) => [id, `layer_${i}`]));
  return nodes.map((node) => ({
    ...node,
    id: place.get(node.id),
    inputs: node.inputs.map((id) => place.get(id)),
  }));
}

const anyGraph = fc
  .tuple(fc.constantFrom(lstm, twoBranches), fc.array(anyEdit, { maxLength: 8 }))
  .map(([start, edits]) => edits.reduce((graph, edit) => edit(graph), start));

describe('paste is the inverse of copy', () => {
  it('in the same model under fresh names, by way of the clipboard’s text', () => {
    fc.assert(
      fc.property(anyGraph, fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), (graph, places) => {
        fc.pre(graph.nodes.length > 0);
        const chosen = places.map((at) => graph.nodes[at % graph.nodes.length]!.id);
        const copied = copyLayers(graph, chosen);
        const pasted = pasteLayers(graph, readCopiedLayers(JSON.stringify(copied)));
        expect(nameless(copyLayers(pasted.graph, pasted.ids))).toEqual(nameless(copied));
        expect(new Set(pasted.graph.nodes.map(({ id }) => id)).size).toBe(pasted.graph.nodes.length);
        expect(removeNodes(pasted.graph, pasted.ids)).toEqual(graph);
      }),
      { numRuns: 300 },
    );
  });

  it('in an empty model with the same names: the whole model again', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        fc.pre(graph.nodes.length > 0);
        const copied = copyLayers(
          graph,
          graph.nodes.map(({ id }) => id),
        );
        expect(pasteLayers(emptyGraph(graph.name), copied).graph).toEqual(graph);
      }),
    );
  });
});

describe('pasting', () => {
  it('keeps the connections among the layers and drops those to others', () => {
    expect(copyLayers(lstm, ['lstm', 'dense']).nodes.map(({ inputs }) => inputs)).toEqual([[], ['lstm']]);
  });

  it('behind a layer links a chain in', () => {
    const { graph, ids } = pasteLayers(lstm, copyLayers(lstm, ['lstm']), { after: 'lstm' });
    expect(ids).toEqual(['lstm_1']);
    expect(links(graph)).toEqual([
      '>input',
      'input>embedding',
      'embedding>lstm',
      'lstm>lstm_1',
      'lstm_1>dense',
    ]);
  });

  it('behind a layer leaves what has two ends, or an Input, beside it', () => {
    const both = copyLayers(twoBranches, ['lstm', 'global_max_pooling1d']);
    expect(links(pasteLayers(lstm, both, { after: 'embedding' }).graph)).toEqual([
      ...links(lstm),
      '>global_max_pooling1d',
      '>lstm_1',
    ]);
    const input = copyLayers(lstm, ['input', 'embedding']);
    expect(links(pasteLayers(lstm, input, { after: 'lstm' }).graph)).toContain('input_1>embedding_1');
  });

  it('moves what has a place by the offset', () => {
    const placed = { ...lstm, nodes: lstm.nodes.map((node) => ({ ...node, position: { x: 10, y: 20 } })) };
    const { graph } = pasteLayers(placed, copyLayers(placed, ['lstm']), { offset: { x: 5, y: 6 } });
    expect(graph.nodes.at(-1)!.position).toEqual({ x: 15, y: 26 });
  });

  it('takes a whole model', () => {
    expect(readCopiedLayers(JSON.stringify(lstm)).nodes).toEqual(lstm.nodes);
  });
});

describe('a clipboard with something else is refused', () => {
  const layers = (nodes: unknown) => JSON.stringify({ format: 'unroll-layers', version: 1, nodes });
  const dense = { id: 'dense', type: 'Dense', config: { units: 1 }, inputs: [] };
  it.each([
    ['some text', 'The clipboard is not valid: it holds no layers.'],
    ['{"format":"unroll-layers","version":2,"nodes":[]}', 'The clipboard is not valid: it holds no layers.'],
    [layers([]), 'The clipboard is not valid: it holds no layers.'],
    [layers([{ ...dense, type: 'Conv9D' }]), 'The clipboard is not valid: there is no layer of type Conv9D.'],
    [layers([dense, dense]), 'The clipboard is not valid: its layers have equal names or form a circle.'],
    [
      layers([{ ...dense, inputs: ['dense'] }]),
      'The clipboard is not valid: its layers have equal names or form a circle.',
    ],
  ])('%s', (text, message) => {
    expect(() => readCopiedLayers(text)).toThrow(expect.objectContaining({ code: 'input-invalid', message }));
  });
});
