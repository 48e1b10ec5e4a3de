import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { graphOf, node } from './graphs.ts';

const LAYERS: readonly (readonly [type: string, config: Record<string, unknown>])[] = [
  ['LSTM', { units: 32, return_sequences: true }],
  ['Dense', { units: 32 }],
  ['Dropout', { rate: 0.1 }],
  ['Conv1D', { filters: 32, kernel_size: 3, padding: 'same' }],
  ['GRU', { units: 32, return_sequences: true }],
  ['Bidirectional', { layer: { type: 'LSTM', config: { units: 32, return_sequences: true } } }],
  ['LayerNormalization', {}],
];

/** A sound model of so many layers of many kinds. */
export function longModel(layers: number): ModelGraph {
  const rest = Array.from({ length: layers - 2 }, (_, i) => {
    const [type, config] = LAYERS[i % LAYERS.length]!;
    return node(`layer_${i}`, type, config, i === 0 ? 'embedding' : `layer_${i - 1}`);
  });
  return graphOf(
    node('input', 'Input', { shape: [500], dtype: 'int32' }),
    node('embedding', 'Embedding', { input_dim: 10000, output_dim: 32 }, 'input'),
    ...rest,
  );
}
