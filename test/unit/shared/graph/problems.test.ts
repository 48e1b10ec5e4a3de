import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../../src/shared/data/dataset.ts';
import { applyDiff, diffGraphs, invertDiff } from '../../../../src/shared/graph/diff.ts';
import type { LayerNode, ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { findProblems, type Purpose } from '../../../../src/shared/graph/problems.ts';
import { findTemplate } from '../../../../src/shared/graph/templates.ts';
import { preprocessingSchema, TASK_LOSS } from '../../../../src/shared/training.ts';
import { adding, imdb, recall } from './datasets.ts';
import { graphOf, node, twoBranches } from './graphs.ts';
import { anyEdit } from './random-edits.ts';

const ids = node('ids', 'Input', { shape: [9], dtype: 'int32' });
const values = node('values', 'Input', { shape: [9, 4] });
const embedding = node('embedding', 'Embedding', { input_dim: 20, output_dim: 4 }, 'ids');
const text = (...nodes: LayerNode[]): ModelGraph => graphOf(ids, embedding, ...nodes);
const series = (...nodes: LayerNode[]): ModelGraph => graphOf(values, ...nodes);

const purpose = (dataset: Dataset): Purpose => ({
  dataset,
  preprocessing: preprocessingSchema.parse({ maxlen: dataset === imdb ? 500 : null }),
  loss: TASK_LOSS[dataset.task].loss,
});

const lstm = { units: 3 };
const sequences = { units: 3, return_sequences: true };
const bothWays = (config: LayerNode['config']) => ({ layer: { type: 'LSTM', config } });

/** A model, the labels of the repairs of its first problem, and the data it is for where that is the point. */
const cases: [string, ModelGraph, string[], Dataset?][] = [
  [
    'a missing return_sequences',
    text(node('first', 'SimpleRNN', lstm, 'embedding'), node('second', 'LSTM', lstm, 'first')),
    ['Turn on return_sequences in first'],
  ],
  [
    'a missing return_sequences within a Bidirectional, past layers that keep the shape',
    text(
      node('first', 'Bidirectional', bothWays(lstm), 'embedding'),
      node('dropout', 'Dropout', { rate: 0.5 }, 'first'),
      node('dense', 'Dense', { units: 3 }, 'dropout'),
      node('second', 'LSTM', lstm, 'dense'),
    ),
    ['Turn on return_sequences in first'],
  ],
  [
    'the wrong rank behind a pooling',
    text(node('pool', 'GlobalMaxPooling1D', {}, 'embedding'), node('rnn', 'GRU', lstm, 'pool')),
    ['Remove pool'],
  ],
  [
    'word ids read without an Embedding',
    graphOf(ids, node('rnn', 'LSTM', lstm, 'ids')),
    ['Put an Embedding in between', 'Set shape to (9, 1) and dtype to float32 in ids'],
  ],
  [
    'values without their number a step',
    graphOf(node('values', 'Input', { shape: [9] }), node('rnn', 'LSTM', lstm, 'values')),
    ['Set shape to (9, 1) and dtype to float32 in values', 'Put an Embedding in between'],
  ],
  [
    'a second Embedding',
    text(node('again', 'Embedding', { input_dim: 5, output_dim: 2 }, 'embedding')),
    ['Remove again'],
  ],
  [
    'an Embedding of values',
    series(node('embed', 'Embedding', { input_dim: 5, output_dim: 2 }, 'values')),
    ['Remove embed'],
  ],
  [
    'a window longer than its input',
    text(node('conv', 'Conv1D', { filters: 2, kernel_size: 20 }, 'embedding')),
    ['Set padding to same in conv'],
  ],
  [
    'strides and dilation together',
    text(node('conv', 'Conv1D', { filters: 2, kernel_size: 2, strides: 2, dilation_rate: 2 }, 'embedding')),
    ['Set dilation_rate to 1 in conv'],
  ],
  [
    'a forget bias on random biases',
    text(node('rnn', 'LSTM', { units: 3, bias_initializer: 'he_normal' }, 'embedding')),
    ['Set unit_forget_bias to false in rnn'],
  ],
  [
    'a Bidirectional of a layer that goes backwards',
    text(node('both', 'Bidirectional', bothWays({ ...lstm, go_backwards: true }), 'embedding')),
    ['Turn off go_backwards in both'],
  ],
  [
    'an axis that is not there',
    text(
      node('a', 'LSTM', lstm, 'embedding'),
      node('b', 'GRU', lstm, 'embedding'),
      node('both', 'Concatenate', { axis: 2 }, 'a', 'b'),
    ),
    ['Set axis to -1 in both'],
  ],
  [
    'branches with and without steps',
    text(
      node('a', 'LSTM', sequences, 'embedding'),
      node('b', 'GRU', lstm, 'embedding'),
      node('both', 'Concatenate', {}, 'a', 'b'),
    ),
    ['Pool a over the steps'],
  ],
  [
    'sums of different sizes',
    text(
      node('a', 'LSTM', lstm, 'embedding'),
      node('b', 'GRU', { units: 5 }, 'embedding'),
      node('sum', 'Add', {}, 'a', 'b'),
    ),
    ['Set units to 3 in b'],
  ],
  [
    'a layer that reads nothing',
    text(node('d', 'Dropout', { rate: 0.1 })),
    ['Connect it behind embedding', 'Remove d'],
  ],
  [
    'too many inputs',
    text(node('d', 'Dense', { units: 1 }, 'ids', 'embedding')),
    ['Keep only its first connection'],
  ],
  [
    'an Input that reads something',
    graphOf(values, node('b', 'Input', { shape: [4] }, 'values')),
    ['Remove its connections'],
  ],
  [
    'a parameter it does not have',
    text(node('rnn', 'LSTM', { ...lstm, momentum: 1 }, 'embedding')),
    ['Remove momentum from rnn'],
  ],
  [
    'a parameter out of range',
    text(node('rnn', 'LSTM', { ...lstm, dropout: 7 }, 'embedding')),
    ['Set dropout back to its default in rnn'],
  ],
  ['a parameter that is missing', text(node('rnn', 'LSTM', {}, 'embedding')), ['Set units to 32 in rnn']],
  ['an unknown layer', text(node('x', 'Conv9D', {}, 'embedding')), ['Remove x']],
  [
    'a connection to nothing',
    graphOf(ids, node('embedding', 'Embedding', { input_dim: 2, output_dim: 2 }, 'gone')),
    ['Remove the connection to gone'],
  ],
  ['an empty model', graphOf(), ['Begin with Input, Embedding, LSTM and Dense']],
  ['no Input', graphOf(node('rnn', 'LSTM', lstm)), ['Add an Input in front of rnn']],
  [
    'an unconnected branch',
    {
      ...twoBranches,
      nodes: [
        ...twoBranches.nodes,
        node('a', 'GRU', sequences, 'embedding'),
        node('b', 'GRU', { units: 3 }, 'a'),
      ],
    },
    ['Join it with concatenate by Concatenate', 'Remove b and the layer that only leads to it'],
  ],
  [
    'an unconnected branch that does not fit the others',
    text(
      node('a', 'GRU', lstm, 'embedding'),
      node('dense', 'Dense', { units: 1 }, 'a'),
      node('b', 'GRU', sequences, 'embedding'),
    ),
    ['Remove b'],
  ],
  [
    'a mask that is ignored',
    graphOf(
      ids,
      node('embedding', 'Embedding', { input_dim: 20, output_dim: 4, mask_zero: true }, 'ids'),
      node('pool', 'GlobalMaxPooling1D', {}, 'embedding'),
    ),
    ['Make pool a GlobalAveragePooling1D', 'Turn mask_zero off in embedding'],
  ],
  [
    'an Embedding smaller than the vocabulary',
    findTemplate('lecture-lstm')!.graph,
    ['Set input_dim to 20000 in embedding'],
    { ...imdb, name: 'more words' },
  ],
  [
    'an output that does not fit the classes',
    graphOf(
      node('input', 'Input', { shape: [60], dtype: 'int32' }),
      node('embedding', 'Embedding', { input_dim: 50, output_dim: 4 }, 'input'),
      node('rnn', 'LSTM', lstm, 'embedding'),
      node('dense', 'Dense', { units: 1, activation: 'softmax' }, 'rnn'),
    ),
    ['Set units to 4 in dense'],
    recall,
  ],
  [
    'no output layer',
    graphOf(
      node('input', 'Input', { shape: [60], dtype: 'int32' }),
      node('embedding', 'Embedding', { input_dim: 50, output_dim: 4 }, 'input'),
      node('rnn', 'LSTM', lstm, 'embedding'),
    ),
    ['Add Dense(4, activation "softmax") behind rnn'],
    recall,
  ],
  [
    'an output of every step',
    graphOf(
      node('input', 'Input', { shape: [60, 2] }),
      node('rnn', 'LSTM', sequences, 'input'),
      node('dense', 'Dense', { units: 1 }, 'rnn'),
    ),
    ['Turn off return_sequences in rnn', 'Pool rnn over the steps'],
    adding,
  ],
  [
    'an Input for other data',
    graphOf(
      node('input', 'Input', { shape: [500], dtype: 'int32' }),
      node('dense', 'Dense', { units: 1 }, 'input'),
    ),
    ['Set shape to (60, 2) and dtype to float32 in input'],
    adding,
  ],
  [
    'an Input of other steps',
    graphOf(node('input', 'Input', { shape: [50, 2] }), node('rnn', 'LSTM', { units: 1 }, 'input')),
    ['Set shape to (60, 2) in input'],
    adding,
  ],
  [
    'an Input of other features',
    graphOf(node('input', 'Input', { shape: [null, 3] }), node('rnn', 'LSTM', { units: 1 }, 'input')),
    ['Set shape to (None, 2) in input'],
    adding,
  ],
];

describe('each problem offers repairs, each mends it, and each can be undone', () => {
  it.each(cases)('%s', (_name, graph, labels, dataset) => {
    const meant = dataset ? { ...purpose(dataset), ...(dataset.name === 'more words' && MORE_WORDS) } : null;
    const [problem] = findProblems(graph, meant);
    expect(problem?.repairs.map(({ label }) => label)).toEqual(labels);
    for (const { label, change } of problem!.repairs) {
      const after = change(graph);
      const left = findProblems(after, meant).map(({ node: where, message }) => `${where}: ${message}`);
      expect(left, label).not.toContain(`${problem!.node}: ${problem!.message}`);
      expect(applyDiff(invertDiff(diffGraphs(graph, after)), after), label).toEqual(graph);
    }
  });
});

const MORE_WORDS = { preprocessing: preprocessingSchema.parse({ num_words: 20_000 }) };

it('a sound model for its data has nothing to say', () => {
  expect(findProblems(findTemplate('lecture-lstm')!.graph, purpose(imdb))).toEqual([]);
});

it('only a mask that is ignored is a warning', () => {
  const flags = cases.map(([name, graph, , dataset]) => {
    const [problem] = findProblems(graph, dataset ? purpose(dataset) : null);
    return problem?.warning ? name : '';
  });
  expect(flags.filter(Boolean)).toEqual(['a mask that is ignored']);
});

it('whatever was edited, every repair of every problem gives a graph that can be edited on', () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { maxLength: 12 }), (edits) => {
      const graph = edits.reduce((edited, edit) => edit(edited), twoBranches);
      for (const { repairs } of findProblems(graph, purpose(imdb)))
        for (const { change, label } of repairs) {
          const after = change(graph);
          const names = new Set(after.nodes.map(({ id }) => id));
          expect(names.size, label).toBe(after.nodes.length);
          expect(
            after.nodes.flatMap(({ inputs }) => inputs).every((id) => names.has(id)),
            label,
          ).toBe(true);
          expect(JSON.stringify(after), label).not.toBe(JSON.stringify(graph));
        }
    }),
    { numRuns: 200 },
  );
});
