/** Models several tests share. */
import type { LayerNode, ModelGraph } from '../../../../src/shared/graph/graph.ts';

export const node = (
  id: string,
  type: string,
  config: LayerNode['config'],
  ...inputs: string[]
): LayerNode => ({
  id,
  type,
  config,
  inputs,
});

export const graphOf = (...nodes: LayerNode[]): ModelGraph => ({
  format: 'unroll-model',
  version: 1,
  name: 'test',
  nodes,
});

/** An Embedding read by a pooling and an LSTM, whose outputs are joined. */
export const twoBranches = graphOf(
  node('input_layer', 'Input', { shape: [40], dtype: 'int32' }),
  node('embedding', 'Embedding', { input_dim: 1000, output_dim: 16 }, 'input_layer'),
  node('global_max_pooling1d', 'GlobalMaxPooling1D', {}, 'embedding'),
  node('lstm', 'LSTM', { units: 8 }, 'embedding'),
  node('concatenate', 'Concatenate', {}, 'global_max_pooling1d', 'lstm'),
  node('dense', 'Dense', { units: 3, activation: 'softmax' }, 'concatenate'),
);

/** Names a layer may have, which mean something in Python or R or look like one another. */
export const ODD_NAMES: readonly string[] = [
  ...'lambda None class_ print exec dict super keras layers model BookLSTM __debug__ __import__ _'.split(' '),
  ...'NA_integer_ NULL function repeat TRUE T c list if else book_lstm_cell layer_lstm library'.split(' '),
  ...'a.b a-b a/b a_b A.B x.... d--- _/_'.split(' '),
  'x'.repeat(200),
];
