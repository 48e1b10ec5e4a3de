/** `keras/*.txt` is what Keras 3.15 prints (make_keras_constants.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { removeNodes } from '../../../../src/shared/graph/edit.ts';
import { summaryTable } from '../../../../src/shared/graph/summary.ts';
import { chain, findTemplate } from '../../../../src/shared/graph/templates.ts';
import { twoBranches } from './graphs.ts';

const keras = (name: string) => readFileSync(new URL(`keras/${name}.txt`, import.meta.url), 'utf8').trimEnd();
const template = (name: string): ModelGraph => findTemplate(name)!.graph;

describe("the summary is Keras's, character by character", () => {
  const names = [
    'lecture-simple-rnn',
    'lecture-lstm',
    'lecture-stacked-simple-rnn',
    'gru',
    'bidirectional-lstm',
    'cnn-lstm',
  ];
  it.each(names)('of %s', (name) => {
    expect(summaryTable(template(name)).trimEnd()).toBe(keras(name));
  });

  it('of the stacked model without its output layer', () => {
    const graph = removeNodes(template('lecture-stacked-simple-rnn'), ['dense']);
    expect(summaryTable(graph).trimEnd()).toBe(keras('without-output'));
  });

  it('where names are longer than their column', () => {
    const graph = chain('long', [
      ['input_layer', 'Input', { shape: [null, 7] }],
      ['a_layer_whose_name_is_longer_than_its_column', 'LayerNormalization', {}],
      ['global_average_pooling1d', 'GlobalAveragePooling1D', {}],
      ['wide', 'Dense', { units: 1234567 }],
    ]);
    expect(summaryTable(graph).trimEnd()).toBe(keras('long-names'));
  });

  it('of a model with two branches, with what each layer reads', () => {
    expect(summaryTable(twoBranches).trimEnd()).toBe(keras('two-branches'));
  });

  it('but for layers that cannot be computed, which have no number, and a total that says so', () => {
    const graph = chain('broken', [
      ['input_layer', 'Input', { shape: [null, 7] }],
      ['narrow', 'Dense', { units: 2 }],
      ['wrong', 'Dense', { units: 0 }],
      ['behind', 'Dense', { units: 1 }],
    ]);
    const lines = summaryTable(graph).split('\n');
    for (const name of ['wrong', 'behind'])
      expect(lines.find((line) => line.includes(name))).toMatch(/│ \? +│ +\? │$/);
    expect(lines).toContain(
      ' Total params: 16 (64.00 B), incomplete: without 2 layers that cannot be computed',
    );
  });

  it('whatever the order its layers are listed in', () => {
    const graph = template('lecture-lstm');
    expect(summaryTable({ ...graph, nodes: graph.nodes.toReversed() })).toBe(summaryTable(graph));
  });
});
