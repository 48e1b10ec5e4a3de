/** The benchmark's works, one entry each: a model read by every contender from the same graph. */
import type { LayerNode, ModelGraph } from '../src/shared/graph/graph.ts';

export interface Work {
  /** The name on the command line. */
  name: string;
  title: string;
  /** What follows Embedding(10000, 32), up to Dense(1, sigmoid). */
  layers: { type: string; config: Record<string, unknown> }[];
}

export const WORKS: readonly Work[] = [
  {
    name: 'simple-rnn',
    title: 'Lecture SimpleRNN(32)',
    layers: [{ type: 'SimpleRNN', config: { units: 32 } }],
  },
  { name: 'lstm', title: 'Lecture LSTM(32)', layers: [{ type: 'LSTM', config: { units: 32 } }] },
];

/** The lecture's preprocessing and fit, the same for every work and contender. */
export const LECTURE = { num_words: 10000, maxlen: 500, batch_size: 128, validation_split: 0.2 } as const;

/** The work's layers between the lecture's Embedding and its Dense(1, sigmoid). */
export function workGraph({ name, layers }: Work): ModelGraph {
  const { num_words, maxlen } = LECTURE;
  const all = [
    { type: 'Input', config: { shape: [maxlen], dtype: 'int32' } },
    { type: 'Embedding', config: { input_dim: num_words, output_dim: 32 } },
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
