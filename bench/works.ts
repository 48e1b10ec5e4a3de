/** The benchmark's works, one entry each: a model read by every contender from the same graph, and the ratio to reach. */
import type { LayerNode, ModelGraph } from '../src/shared/graph/graph.ts';

interface Layer {
  type: string;
  config: Record<string, unknown>;
}

export interface Work {
  /** The name on the command line. */
  name: string;
  title: string;
  /** Whether padding is masked. PyTorch has no layer for masks in front of a sequence and is left out. */
  mask_zero?: boolean;
  /** What follows Embedding(10000, 32), up to Dense(1, sigmoid). */
  layers: Layer[];
  /** How many times as fast as the fastest peer it must be, and is to be. */
  bar: number;
  aim: number;
}

const recurrent = (type: string, units: number, config: Record<string, unknown> = {}): Layer => ({
  type,
  config: { units, ...config },
});
const stacked = { return_sequences: true };

export const WORKS: readonly Work[] = [
  {
    name: 'simple-rnn',
    title: 'Lecture SimpleRNN(32)',
    layers: [recurrent('SimpleRNN', 32)],
    bar: 7,
    aim: 12,
  },
  { name: 'lstm', title: 'Lecture LSTM(32)', layers: [recurrent('LSTM', 32)], bar: 4, aim: 6 },
  {
    name: 'simple-rnn-stack',
    title: '4 x SimpleRNN(32)',
    layers: [...[1, 2, 3].map(() => recurrent('SimpleRNN', 32, stacked)), recurrent('SimpleRNN', 32)],
    bar: 8,
    aim: 12,
  },
  { name: 'gru', title: 'GRU(32)', layers: [recurrent('GRU', 32)], bar: 4, aim: 6 },
  {
    name: 'lstm-masked',
    title: 'LSTM(32), mask_zero',
    mask_zero: true,
    layers: [recurrent('LSTM', 32)],
    bar: 4,
    aim: 6,
  },
  {
    name: 'bidirectional',
    title: 'Bidirectional LSTM(32)',
    layers: [{ type: 'Bidirectional', config: { layer: { class_name: 'LSTM', config: { units: 32 } } } }],
    bar: 2.5,
    aim: 4,
  },
  { name: 'lstm-128', title: 'LSTM(128)', layers: [recurrent('LSTM', 128)], bar: 2, aim: 3.5 },
  {
    name: 'convolution',
    title: 'Conv1D(64, 5), MaxPooling1D(5), LSTM(32)',
    layers: [
      { type: 'Conv1D', config: { filters: 64, kernel_size: 5, activation: 'relu' } },
      { type: 'MaxPooling1D', config: { pool_size: 5 } },
      recurrent('LSTM', 32),
    ],
    bar: 1,
    aim: 2,
  },
];

/** The lecture's preprocessing and fit, the same for every work and contender. */
export const LECTURE = { num_words: 10000, maxlen: 500, batch_size: 128, validation_split: 0.2 } as const;

/** The work's layers between the lecture's Embedding and its Dense(1, sigmoid). */
export function workGraph({ name, layers, mask_zero = false }: Work): ModelGraph {
  const { num_words, maxlen } = LECTURE;
  const all = [
    { type: 'Input', config: { shape: [maxlen], dtype: 'int32' } },
    { type: 'Embedding', config: { input_dim: num_words, output_dim: 32, mask_zero } },
    ...layers,
    { type: 'Dense', config: { units: 1, activation: 'sigmoid' } },
  ];
  const nodes = all.map(({ type, config }, i): LayerNode => ({
    id: `${type.toLowerCase()}_${i}`,
    type,
    config,
    inputs: i ? [`${all[i - 1]!.type.toLowerCase()}_${i - 1}`] : [],
  }));
  return { format: 'unroll-model', version: 1, name: `bench-${name}`, nodes };
}
