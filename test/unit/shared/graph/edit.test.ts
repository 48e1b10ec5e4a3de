import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/shared/graph/analyse.ts';
import {
  configure,
  duplicateNode,
  emptyGraph,
  insertAfter,
  moveAfter,
  newNode,
  removeNodes,
  renameNode,
  uniqueName,
} from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { findTemplate } from '../../../../src/shared/graph/templates.ts';
import { layerDefinitions } from '../../../../src/shared/layers/index.ts';
import { twoBranches } from './graphs.ts';
import { anyEdit } from './random-edits.ts';

const lstm = findTemplate('lecture-lstm')!.graph;
const links = (graph: ModelGraph) => graph.nodes.map(({ id, inputs }) => `${inputs.join('+')}>${id}`);

describe('an edit of a chain keeps it a chain', () => {
  it('insert', () => {
    const graph = insertAfter(lstm, newNode(lstm, 'Dropout'), 'embedding');
    expect(links(graph)).toEqual([
      '>input',
      'input>embedding',
      'embedding>dropout',
      'dropout>lstm',
      'lstm>dense',
    ]);
    expect(analyse(graph).problems).toEqual([]);
  });

  it('remove', () => {
    expect(links(removeNodes(lstm, ['lstm', 'nothing']))).toEqual([
      '>input',
      'input>embedding',
      'embedding>dense',
    ]);
  });

  it('move, and back again', () => {
    const moved = moveAfter(lstm, 'lstm', 'dense');
    expect(links(moved)).toEqual(['>input', 'input>embedding', 'embedding>dense', 'dense>lstm']);
    expect(moveAfter(moved, 'lstm', 'embedding')).toEqual(lstm);
  });

  it('duplicate, with parameters of its own', () => {
    const graph = duplicateNode(lstm, 'lstm');
    expect(links(graph)).toContain('lstm>lstm_1');
    expect(graph.nodes[3]!.config).not.toBe(graph.nodes[2]!.config);
  });

  it('rename, in what reads it too', () => {
    expect(links(renameNode(lstm, 'lstm', 'memory'))).toEqual([
      '>input',
      'input>embedding',
      'embedding>memory',
      'memory>dense',
    ]);
    expect(() => renameNode(lstm, 'lstm', 'dense')).toThrow(expect.objectContaining({ code: 'name-taken' }));
    expect(renameNode(lstm, 'lstm', 'lstm')).toEqual(lstm);
  });

  it('parameters: set, and back to the default', () => {
    const wider = configure(lstm, ['lstm'], { units: 64, dropout: 0.2 });
    expect(wider.nodes[2]!.config).toEqual({ units: 64, dropout: 0.2 });
    expect(configure(wider, ['lstm'], { units: 32, dropout: undefined })).toEqual(lstm);
  });

  it('behind a layer that is not there, nothing happens', () => {
    expect(insertAfter(lstm, newNode(lstm, 'Dropout'), 'nothing')).toBe(lstm);
    expect(moveAfter(lstm, 'lstm', 'nothing')).toBe(lstm);
  });
});

it('a layer taken out of branches leaves what read it reading what it read', () => {
  expect(links(removeNodes(twoBranches, ['embedding']))).toContain('input_layer>lstm');
});

it('an Input reads nothing, wherever it is put, and is not moved', () => {
  const added = insertAfter(lstm, newNode(lstm, 'Input'), 'lstm');
  expect(links(added)).toEqual(['>input', 'input>embedding', 'embedding>lstm', '>input_1', 'lstm>dense']);
  expect(insertAfter(lstm, newNode(lstm, 'Dropout'), null).nodes[1]!.inputs).toEqual([]);
  expect(moveAfter(lstm, 'input', 'lstm')).toBe(lstm);
});

it('a layer taken out of a merge leaves no more inputs than it takes, and none twice', () => {
  const into = (node: ModelGraph['nodes'][number]) => ({
    ...twoBranches,
    nodes: [...twoBranches.nodes, node],
  });
  const merged = into({ id: 'end', type: 'Dense', config: { units: 1 }, inputs: ['concatenate'] });
  expect(links(removeNodes(merged, ['concatenate'])).at(-1)).toBe('global_max_pooling1d>end');
  const residual = into({ id: 'sum', type: 'Add', config: {}, inputs: ['lstm', 'concatenate'] });
  expect(links(removeNodes(residual, ['concatenate'])).at(-1)).toBe('lstm+global_max_pooling1d>sum');
});

it('settings of several layers change at once, in each those it has', () => {
  const graph = configure(lstm, ['embedding', 'lstm', 'dense'], { units: 8, mask_zero: true });
  expect(graph.nodes.map(({ config }) => config)).toEqual([
    lstm.nodes[0]!.config,
    { input_dim: 10000, output_dim: 32, mask_zero: true },
    { units: 8 },
    { units: 8, activation: 'sigmoid' },
  ]);
});

it("new layers get Keras's names and parameters that are valid at once", () => {
  let graph = emptyGraph('new');
  for (const { type, schema, baseName } of [...layerDefinitions, ...layerDefinitions]) {
    const made = newNode(graph, type);
    expect(schema.safeParse(made.config).success, type).toBe(true);
    expect(made.id).toMatch(new RegExp(`^${baseName}(_1)?$`));
    graph = insertAfter(graph, made, graph.nodes.at(-1)?.id ?? null);
  }
  expect(uniqueName(graph, 'lstm')).toBe('lstm_2');
});

type Edit = (graph: ModelGraph) => ModelGraph;

const pick = (graph: ModelGraph, at: number): string =>
  graph.nodes[at % Math.max(1, graph.nodes.length)]?.id ?? 'none';
const at = fc.nat(30);
const readingTypes = layerDefinitions.filter(({ inputs }) => inputs.max > 0).map(({ type }) => type);
const chainEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.constantFrom(...readingTypes), at).map(
    ([type, place]): Edit =>
      (graph) =>
        insertAfter(graph, newNode(graph, type), graph.nodes.length ? pick(graph, place) : null),
  ),
  at.map(
    (place): Edit =>
      (graph) =>
        removeNodes(graph, [pick(graph, place)]),
  ),
  fc.tuple(at, at).map(
    ([from, to]): Edit =>
      (graph) =>
        moveAfter(graph, pick(graph, from), pick(graph, to)),
  ),
  at.map(
    (place): Edit =>
      (graph) =>
        pick(graph, place) === 'input' ? graph : duplicateNode(graph, pick(graph, place)),
  ),
);

describe('whatever is edited, and in whatever order', () => {
  it('the graph before stays as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(lstm, twoBranches), fc.array(anyEdit, { maxLength: 6 }), (start, edits) => {
        const before = JSON.stringify(start);
        edits.reduce((graph, edit) => edit(graph), start);
        expect(JSON.stringify(start)).toBe(before);
      }),
    );
  });

  it('a chain stays a chain with one output', () => {
    fc.assert(
      fc.property(fc.array(chainEdit, { maxLength: 12 }), (edits) => {
        const graph = edits.reduce((edited, edit) => edit(edited), lstm);
        graph.nodes.forEach(({ inputs }, i) =>
          expect(inputs).toEqual(i === 0 ? [] : [graph.nodes[i - 1]!.id]),
        );
      }),
      { numRuns: 300 },
    );
  });
});
