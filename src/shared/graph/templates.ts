/** Models that come with Unroll: the lecture's own, and the variants one tries next. */
import type { LayerNode, ModelGraph } from './graph.ts';

export interface Template {
  name: string;
  title: string;
  description: string;
  graph: ModelGraph;
}

type Layer = [id: string, type: string, config: Record<string, unknown>];

/** A graph in which every layer reads the one before it. */
export function chain(name: string, layers: readonly Layer[]): ModelGraph {
  const nodes = layers.map(([id, type, config], i): LayerNode => ({
    id,
    type,
    config,
    inputs: i === 0 ? [] : [layers[i - 1]![0]],
  }));
  return { format: 'unroll-model', version: 1, name, nodes };
}

const reviews: Layer[] = [
  ['input', 'Input', { shape: [500], dtype: 'int32' }],
  ['embedding', 'Embedding', { input_dim: 10000, output_dim: 32 }],
];
const verdict: Layer = ['dense', 'Dense', { units: 1, activation: 'sigmoid' }];
const lecture = (name: string, ...layers: Layer[]) => chain(name, [...reviews, ...layers, verdict]);

const simple = (id: string, sequences: boolean): Layer => [
  id,
  'SimpleRNN',
  sequences ? { units: 32, return_sequences: true } : { units: 32 },
];

export const templates: readonly Template[] = [
  {
    name: 'lecture-simple-rnn',
    title: 'Lecture: SimpleRNN',
    description: 'Embedding, SimpleRNN(32), Dense: 322,113 parameters. Forgets long reviews.',
    graph: lecture('lecture-simple-rnn', simple('simple_rnn', false)),
  },
  {
    name: 'lecture-lstm',
    title: 'Lecture: LSTM',
    description: 'The same with LSTM(32): its carry remembers.',
    graph: lecture('lecture-lstm', ['lstm', 'LSTM', { units: 32 }]),
  },
  {
    name: 'lecture-stacked-simple-rnn',
    title: 'Lecture: four SimpleRNN',
    description: 'Four SimpleRNN(32) on one another, the first three with return_sequences.',
    graph: lecture(
      'lecture-stacked-simple-rnn',
      simple('simple_rnn', true),
      simple('simple_rnn_1', true),
      simple('simple_rnn_2', true),
      simple('simple_rnn_3', false),
    ),
  },
  {
    name: 'lecture-book-lstm',
    title: 'Lecture: LSTM as in the text',
    description: "The lecture's own pseudo-code: the output is computed from the carry.",
    graph: lecture('lecture-book-lstm', ['book_lstm', 'BookLSTM', { units: 32 }]),
  },
  {
    name: 'gru',
    title: 'GRU',
    description: 'Embedding, GRU(32), Dense: two gates instead of three.',
    graph: lecture('gru', ['gru', 'GRU', { units: 32 }]),
  },
  {
    name: 'bidirectional-lstm',
    title: 'Bidirectional LSTM',
    description: 'Reads every review from both ends.',
    graph: lecture('bidirectional-lstm', [
      'bidirectional',
      'Bidirectional',
      { layer: { type: 'LSTM', config: { units: 32 } } },
    ]),
  },
  {
    name: 'cnn-lstm',
    title: 'Conv1D and LSTM',
    description: 'Conv1D finds phrases, pooling shortens, an LSTM(32) reads what is left.',
    graph: lecture(
      'cnn-lstm',
      ['conv1d', 'Conv1D', { filters: 64, kernel_size: 5, activation: 'relu' }],
      ['max_pooling1d', 'MaxPooling1D', { pool_size: 5 }],
      ['lstm', 'LSTM', { units: 32 }],
    ),
  },
  {
    name: 'text-classes',
    title: 'Text: several classes',
    description:
      'Embedding, LSTM(64) that skips padding, Dropout, and a softmax over the classes of the data.',
    graph: chain('text-classes', [
      reviews[0]!,
      ['embedding', 'Embedding', { input_dim: 10000, output_dim: 64, mask_zero: true }],
      ['lstm', 'LSTM', { units: 64 }],
      ['dropout', 'Dropout', { rate: 0.3 }],
      ['dense', 'Dense', { units: 4, activation: 'softmax' }],
    ]),
  },
  {
    name: 'series-forecast',
    title: 'Series: forecast',
    description:
      'Two LSTM(32) on one another read the last 60 steps of a series; the output is the next value.',
    graph: chain('series-forecast', [
      ['input', 'Input', { shape: [60, 1] }],
      ['lstm', 'LSTM', { units: 32, return_sequences: true }],
      ['lstm_1', 'LSTM', { units: 32 }],
      ['dense', 'Dense', { units: 1 }],
    ]),
  },
];

export function findTemplate(name: string): Template | null {
  return templates.find((template) => template.name === name) ?? null;
}
