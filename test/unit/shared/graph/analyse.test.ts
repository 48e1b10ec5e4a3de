import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, requireValid } from '../../../../src/shared/graph/analyse.ts';
import { removeNodes } from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { findTemplate, templates } from '../../../../src/shared/graph/templates.ts';
import { layerDefinitions } from '../../../../src/shared/layers/index.ts';
import { graphOf, node, twoBranches } from './graphs.ts';

const ids = node('ids', 'Input', { shape: [9], dtype: 'int32' });
const embedding = node('embedding', 'Embedding', { input_dim: 20, output_dim: 4 }, 'ids');
const masked = node('embedding', 'Embedding', { input_dim: 20, output_dim: 4, mask_zero: true }, 'ids');

/** Every problem as `node: message fix`. */
const said = (graph: ModelGraph): string[] =>
  analyse(graph).problems.map((problem) => `${problem.node}: ${problem.message} ${problem.fix}`);

describe("the lecture's models have the lecture's counts", () => {
  it.each([
    ['lecture-simple-rnn', 322_113],
    ['lecture-lstm', 328_353],
    ['lecture-stacked-simple-rnn', 328_353],
    ['lecture-book-lstm', 329_377],
  ])('%s: %i', (name, parameters) => {
    expect(requireValid(findTemplate(name)!.graph).parameters).toBe(parameters);
  });

  it('the stacked model has 328,320 as the lecture shows it, without an output layer', () => {
    const { graph } = findTemplate('lecture-stacked-simple-rnn')!;
    expect(analyse(removeNodes(graph, ['dense'])).parameters).toBe(328_320);
  });

  it('every template is valid, and its name is its own', () => {
    for (const { name, graph } of templates) {
      expect(said(graph), name).toEqual([]);
      expect(graph.name).toBe(name);
    }
    expect(new Set(templates.map(({ name }) => name)).size).toBe(templates.length);
  });
});

describe('what an analysis says', () => {
  it('gives every node behind those it reads, with shapes and the output', () => {
    const { order, nodes, output } = analyse({ ...twoBranches, nodes: twoBranches.nodes.toReversed() });
    for (const { id, inputs } of twoBranches.nodes)
      for (const input of inputs) expect(order.indexOf(input)).toBeLessThan(order.indexOf(id));
    expect(output).toBe('dense');
    expect(nodes.get('concatenate')?.inputShapes).toEqual([
      [null, 16],
      [null, 8],
    ]);
    expect(nodes.get('dense')?.shape).toEqual([null, 3]);
  });

  it('fills in defaults', () => {
    const config = analyse(findTemplate('lecture-lstm')!.graph).nodes.get('lstm')?.config;
    expect(config).toMatchObject({ units: 32, activation: 'tanh', unit_forget_bias: true });
  });

  it('follows the mask until something uses or drops it', () => {
    const graph = graphOf(
      ids,
      masked,
      node('first', 'LSTM', { units: 3, return_sequences: true }, 'embedding'),
      node('second', 'LSTM', { units: 3 }, 'first'),
      node('dense', 'Dense', { units: 1 }, 'second'),
    );
    const { nodes } = analyse(graph);
    const carrying = ['ids', 'embedding', 'first', 'second', 'dense'].map((id) => nodes.get(id)!.masked);
    expect(carrying).toEqual([false, true, true, false, false]);
  });
});

describe('what is wrong is said in words, with the fix', () => {
  it('a missing return_sequences, naming the layer that needs it', () => {
    const graph = graphOf(
      ids,
      embedding,
      node('rnn', 'SimpleRNN', { units: 3 }, 'embedding'),
      node('lstm', 'LSTM', { units: 3 }, 'rnn'),
    );
    expect(said(graph)).toEqual([
      'lstm: LSTM needs a whole sequence, but rnn hands on only its last output. Turn on return_sequences in rnn.',
    ]);
  });

  it('word ids read without an Embedding', () => {
    expect(said(graphOf(ids, node('lstm', 'LSTM', { units: 3 }, 'ids')))[0]).toContain(
      'Put an Embedding in between',
    );
  });

  it('an Embedding that does not read the Input', () => {
    const graph = graphOf(
      node('values', 'Input', { shape: [9] }),
      node('dense', 'Dense', { units: 3 }, 'values'),
      { ...embedding, inputs: ['dense'] },
    );
    expect(said(graph)[0]).toMatch(/^embedding: Embedding reads word ids but receives the output of dense/);
  });

  it('a merge with one input, which the nearest layer that fits is offered to', () => {
    const graph = graphOf(
      node('values', 'Input', { shape: [9, 2] }),
      node('wide', 'Dense', { units: 3 }, 'values'),
      node('joined', 'Concatenate', {}, 'wide'),
      node('flat', 'Flatten', {}, 'joined'),
    );
    const [problem] = analyse(graph).problems;
    expect(problem).toMatchObject({
      message: 'Concatenate takes at least 2 inputs but has 1.',
      fix: 'Connect another layer to it.',
    });
    const [first] = problem!.repairs;
    expect(first!.label).toBe('Connect values to it');
    expect(analyse(first!.change(graph)).problems).toEqual([]);
  });

  it('a number or a list out of bounds, with the bound as a person writes it', () => {
    const dense = graphOf(
      node('values', 'Input', { shape: [9] }),
      node('dense', 'Dense', { units: 1e9 }, 'values'),
    );
    expect(said(dense)[0]).toBe(
      'dense: units of Dense must be at most 10,000,000. Choose a smaller value for units.',
    );
    expect(said(graphOf(node('values', 'Input', { shape: [1, 2, 3, 4] })))[0]).toContain(
      'shape of Input must have at most 3 sizes.',
    );
  });

  it('an unknown, a missing and a wrong parameter', () => {
    const withConfig = (config: Record<string, unknown>) =>
      said(graphOf(ids, embedding, node('lstm', 'LSTM', config, 'embedding')))[0];
    expect(withConfig({ units: 3, momentum: 1 })).toMatch(
      /^lstm: LSTM has no parameter momentum\. Remove it; LSTM knows units,/,
    );
    expect(withConfig({})).toBe('lstm: units of LSTM is missing. Set units.');
    expect(withConfig({ units: '3' })).toMatch(/^lstm: units of LSTM must be a number/);
  });

  it('a parameter of the layer within a Bidirectional', () => {
    const layer = { type: 'LSTM', config: { units: 3, momentum: 1 } };
    const graph = graphOf(ids, embedding, node('both', 'Bidirectional', { layer }, 'embedding'));
    expect(said(graph)[0]).toContain('no parameter layer.config.momentum');
  });

  it('a circle, a layer that is not there, two outputs, two of a name, an unknown layer, no Input', () => {
    const circle = graphOf(
      ids,
      node('a', 'Add', {}, 'ids', 'b'),
      node('b', 'Activation', { activation: 'tanh' }, 'a'),
    );
    expect(said(circle).join()).toContain('reads its own output');
    expect(said(graphOf(ids, { ...embedding, inputs: ['gone'] })).join()).toContain(
      'gone, which is not in the model',
    );
    expect(said(graphOf(ids, embedding, { ...embedding, id: 'other' })).join()).toContain(
      'already has one output',
    );
    expect(said(graphOf(ids, embedding, { ...embedding })).join()).toContain(
      'Two layers are named embedding',
    );
    expect(said(graphOf(ids, node('x', 'Conv9D', {}, 'ids'))).join()).toContain('no layer of type Conv9D');
    expect(said(graphOf(node('d', 'Dense', { units: 1 }))).join()).toContain('no Input');
    expect(said(graphOf()).join()).toContain('no layers');
  });

  it('too few and too many inputs', () => {
    expect(said(graphOf(ids, embedding, node('add', 'Add', {}, 'embedding')))[0]).toContain(
      'at least 2 inputs',
    );
    expect(
      said(graphOf(ids, embedding, node('d', 'Dense', { units: 1 }, 'ids', 'embedding'))).join(),
    ).toContain('takes 1 input but has 2');
  });

  it('one mistake once: what follows it is not blamed', () => {
    const graph = graphOf(
      ids,
      { ...embedding, config: {} },
      node('lstm', 'LSTM', { units: 3 }, 'embedding'),
      node('dense', 'Dense', { units: 1 }, 'lstm'),
    );
    expect(said(graph)).toHaveLength(1);
  });

  it('requireValid throws the first problem', () => {
    expect(() => requireValid(graphOf(ids, { ...embedding, config: {} }))).toThrow(
      expect.objectContaining({ code: 'model-invalid', hint: 'Set input_dim.' }),
    );
  });
});

it('any graph at all is analysed without a throw, and every node is in order or in a circle', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'constructor', '__proto__');
  const config = fc.oneof(
    fc.constantFrom<Record<string, unknown>>(
      {},
      { units: 3 },
      { shape: [5, 2] },
      { shape: [4], dtype: 'int32' },
      { axis: 1 },
      { rate: 0.1 },
      { input_dim: 5, output_dim: 2 },
      { filters: 2, kernel_size: 3 },
    ),
    fc.dictionary(fc.constantFrom('units', 'shape', 'axis', 'layer', 'rate'), fc.anything()),
  );
  const type = fc.constantFrom('Nothing', ...layerDefinitions.map((definition) => definition.type));
  const anyNode = fc.record({ id: name, type, config, inputs: fc.array(name, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 7 }), (nodes) => {
      const { order, problems, parameters } = analyse(graphOf(...nodes));
      const distinct = new Set(nodes.map(({ id }) => id)).size;
      expect(new Set(order).size).toBe(order.length);
      expect(order.length === distinct || problems.length > 0).toBe(true);
      expect(Number.isSafeInteger(parameters)).toBe(true);
      for (const { message, fix } of problems)
        expect(`${message}${fix}`).not.toMatch(/undefined \w|\[object/);
    }),
    { numRuns: 500 },
  );
});
