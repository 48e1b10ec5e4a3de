/** For every layer a configuration that is not all defaults, and inputs it takes. */
import type { z } from 'zod';
import type { Shape } from '../../../../src/shared/graph/graph.ts';
import type { LayerDefinition } from '../../../../src/shared/layers/layer.ts';

const STARTS: Readonly<Record<string, Record<string, unknown>>> = {
  Input: { shape: [500], dtype: 'int32' },
  Embedding: { input_dim: 10000, output_dim: 32 },
  SimpleRNN: { units: 32 },
  LSTM: { units: 32, return_sequences: true },
  GRU: { units: 32, reset_after: false },
  BookLSTM: { units: 32, output_sees: 'new' },
  Bidirectional: { layer: { type: 'LSTM', config: { units: 32, dropout: 0.2 } }, merge_mode: 'sum' },
  Dense: { units: 1, activation: 'sigmoid' },
  Activation: { activation: 'relu' },
  Dropout: { rate: 0.5 },
  LayerNormalization: { epsilon: 1e-7 },
  Conv1D: { filters: 64, kernel_size: 5, padding: 'causal' },
  MaxPooling1D: { pool_size: 3 },
  Concatenate: { axis: 1 },
};

const INPUTS: Readonly<Record<string, readonly Shape[]>> = {
  Input: [],
  Embedding: [[null, 500]],
  Concatenate: [
    [null, 9, 4],
    [null, 9, 4],
  ],
  Add: [
    [null, 9, 4],
    [null, 9, 4],
  ],
};

export function startsOf(type: string): { config: Record<string, unknown>; inputs: readonly Shape[] } {
  return { config: STARTS[type] ?? {}, inputs: INPUTS[type] ?? [[null, 9, 4]] };
}

export const fieldsOfSchema = ({ schema }: LayerDefinition): string[] =>
  Object.keys((schema as unknown as z.ZodObject).shape);
