/** Models of every kind the formats must carry: the templates, masked ones, and what the editor can build besides. */
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { chain, templates } from '../../../../src/shared/graph/templates.ts';
import { small, STEPS, WORDS } from './trained-example.ts';

export type Layer = Parameters<typeof chain>[1][number];

const words: Layer = ['input', 'Input', { shape: [STEPS], dtype: 'int32' }];
const vectors = (mask_zero: boolean): Layer => [
  'embedding',
  'Embedding',
  { input_dim: WORDS, output_dim: 5, mask_zero },
];
const verdict: Layer = ['dense', 'Dense', { units: 1, activation: 'sigmoid' }];

export const build = (name: string, mask: boolean, ...layers: Layer[]): ModelGraph =>
  chain(name, [words, vectors(mask), ...layers, verdict]);

const cells = ['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'] as const;

const masked = cells.map((type) =>
  build(
    `masked-${type}`,
    true,
    ['first', type, { units: 4, return_sequences: true }],
    ['second', type, { units: 3 }],
  ),
);

const bidirectional = cells.flatMap((type) =>
  [false, true].map((mask) =>
    build(
      `bidirectional-${type}${mask ? '-masked' : ''}`,
      mask,
      ['both', 'Bidirectional', { layer: { type, config: { units: 4, return_sequences: true } } }],
      ['last', 'Bidirectional', { layer: { type, config: { units: 3 } }, merge_mode: 'mul' }],
    ),
  ),
);

const options = [
  build('gru-reset-before', false, ['gru', 'GRU', { units: 4, reset_after: false, use_bias: false }]),
  build(
    'backwards',
    true,
    ['lstm', 'LSTM', { units: 4, go_backwards: true, return_sequences: true }],
    ['gru', 'GRU', { units: 3, go_backwards: true }],
  ),
  build(
    'activations-of-cells',
    true,
    [
      'lstm',
      'LSTM',
      { units: 4, activation: 'leaky_relu', recurrent_activation: 'hard_sigmoid', return_sequences: true },
    ],
    [
      'wide',
      'LSTM',
      { units: 4, activation: 'silu', recurrent_activation: 'hard_silu', return_sequences: true },
    ],
    ['simple', 'SimpleRNN', { units: 3, activation: 'gelu', return_sequences: true }],
    ['after', 'GRU', { units: 3, activation: 'mish', return_sequences: true }],
    ['before', 'GRU', { units: 3, activation: 'selu', reset_after: false }],
  ),
  build('activations', false, [
    'lstm',
    'LSTM',
    { units: 4, activation: 'softsign', recurrent_activation: 'sigmoid', use_bias: false },
  ]),
];

const node = (id: string, type: string, config: Record<string, unknown>, ...inputs: string[]) => ({
  id,
  type,
  config,
  inputs,
});

/** Branches that Keras lists in another order than they stand here. */
const branches: ModelGraph = {
  format: 'unroll-model',
  version: 1,
  name: 'branches',
  nodes: [
    node('words', 'Input', { shape: [STEPS], dtype: 'int32' }),
    node('vectors', 'Embedding', { input_dim: WORDS, output_dim: 5 }, 'words'),
    node('zeta', 'LSTM', { units: 3, return_sequences: true }, 'vectors'),
    node('conv', 'Conv1D', { filters: 4, kernel_size: 3, padding: 'same', activation: 'relu' }, 'vectors'),
    node('alpha', 'LSTM', { units: 3, return_sequences: true }, 'conv'),
    node('joined', 'Concatenate', {}, 'alpha', 'zeta'),
    node('scaled', 'LayerNormalization', {}, 'joined'),
    node('dropped', 'Dropout', { rate: 0.3 }, 'scaled'),
    node('project', 'Dense', { units: 6, activation: 'tanh' }, 'joined'),
    node('summed', 'Add', {}, 'dropped', 'project'),
    node('largest', 'GlobalMaxPooling1D', {}, 'summed'),
    node('mean', 'GlobalAveragePooling1D', {}, 'summed'),
    node('both', 'Concatenate', {}, 'largest', 'mean'),
    node('verdict', 'Dense', { units: 1, activation: 'sigmoid' }, 'both'),
  ],
};

/** Layers called what the code around them is made of. */
export const hostile: ModelGraph = {
  ...branches,
  name: 'import',
  nodes: [
    node('None', 'Input', { shape: [STEPS], dtype: 'int32' }),
    node('np', 'Embedding', { input_dim: WORDS, output_dim: 5 }, 'None'),
    node('HERE', 'LSTM', { units: 3 }, 'np'),
    node('lambda', 'GRU', { units: 3 }, 'np'),
    node('json.sys', 'SimpleRNN', { units: 3 }, 'np'),
    node('json_sys', 'SimpleRNN', { units: 3 }, 'np'),
    node('print', 'Concatenate', {}, 'HERE', 'lambda', 'json.sys', 'json_sys'),
    node('here', 'Dense', { units: 2 }, 'print'),
    node('keras', 'Dropout', { rate: 0.1 }, 'here'),
    node('layers', 'Dense', { units: 1, activation: 'sigmoid' }, 'keras'),
  ],
};

const flattened = build(
  'flattened',
  false,
  ['conv1d', 'Conv1D', { filters: 4, kernel_size: 3, dilation_rate: 2 }],
  ['max_pooling1d', 'MaxPooling1D', { pool_size: 2 }],
  ['flatten', 'Flatten', {}],
  ['activation', 'Activation', { activation: 'silu' }],
);

/** Parameters that few models set: tfjs has those of the first alone. */
const parameters = [
  build(
    'set-in-tfjs-too',
    false,
    ['steps', 'LayerNormalization', { axis: 1 }],
    ['conv', 'Conv1D', { filters: 4, kernel_size: 3, activation: 'celu' }],
    ['dropped', 'Dropout', { rate: 0.5, noise_shape: [null, 1, null] }],
    ['rows', 'Flatten', {}],
    ['shares', 'Dense', { units: 4, activation: 'log_softmax' }],
  ),
  build(
    'zeros-where-masked',
    true,
    ['lstm', 'LSTM', { units: 4, return_sequences: true, zero_output_for_mask: true, go_backwards: true }],
    ['gru', 'GRU', { units: 3, zero_output_for_mask: true }],
  ),
  build(
    'two-layers',
    true,
    [
      'both',
      'Bidirectional',
      {
        layer: { type: 'LSTM', config: { units: 3, return_sequences: true } },
        backward_layer: { type: 'BookLSTM', config: { units: 3, return_sequences: true } },
      },
    ],
    [
      'last',
      'Bidirectional',
      {
        layer: { type: 'GRU', config: { units: 3, go_backwards: true } },
        backward_layer: { type: 'GRU', config: { units: 3, use_bias: false, activation: 'sparsemax' } },
        merge_mode: 'ave',
      },
    ],
  ),
  build(
    'windows',
    false,
    ['turned', 'MaxPooling1D', { pool_size: 2, data_format: 'channels_first' }],
    ['conv', 'Conv1D', { filters: 6, kernel_size: 3, groups: 2, padding: 'same', activation: 'celu' }],
    ['first', 'Conv1D', { filters: 4, kernel_size: 2, data_format: 'channels_first', activation: 'softmax' }],
    ['largest', 'GlobalMaxPooling1D', { keepdims: true }],
    ['mean', 'GlobalAveragePooling1D', { data_format: 'channels_first' }],
  ),
  build(
    'normalizations',
    false,
    ['steps', 'LayerNormalization', { axis: 1 }],
    ['all', 'LayerNormalization', { axis: [1, 2], rms_scaling: true }],
    ['dropped', 'Dropout', { rate: 0.5, noise_shape: [null, 1, null] }],
    ['activation', 'Activation', { activation: 'sparsemax' }],
    ['shrunk', 'Activation', { activation: 'soft_shrink' }],
    ['rows', 'Flatten', { data_format: 'channels_first' }],
    ['curve', 'Dense', { units: 4, activation: 'sparse_plus' }],
    ['root', 'Dense', { units: 4, activation: 'squareplus' }],
    ['logs', 'Dense', { units: 4, activation: 'log_sigmoid' }],
    ['tails', 'Dense', { units: 4, activation: 'tanh_shrink' }],
    ['ends', 'Dense', { units: 4, activation: 'hard_tanh' }],
    ['middle', 'Dense', { units: 4, activation: 'hard_shrink' }],
    ['ramp', 'Dense', { units: 4, activation: 'sparse_sigmoid' }],
    ['shares', 'Dense', { units: 4, activation: 'log_softmax' }],
  ),
];

/** What its weights add to the loss and what holds of them, which acts in training alone. */
export const held = chain('held', [
  words,
  [
    'embedding',
    'Embedding',
    {
      input_dim: WORDS,
      output_dim: 5,
      embeddings_regularizer: 'l2 0.01',
      embeddings_constraint: 'max_norm 0.5 axis 1',
    },
  ],
  [
    'conv',
    'Conv1D',
    { filters: 4, kernel_size: 3, kernel_regularizer: 'l1 0.02', kernel_constraint: 'max_norm 0.4 axis 0 1' },
  ],
  [
    'both',
    'Bidirectional',
    {
      layer: {
        type: 'LSTM',
        config: { units: 3, kernel_regularizer: 'l1 0.01 l2 0.02', bias_constraint: 'non_neg' },
      },
    },
  ],
  ['scaled', 'LayerNormalization', { gamma_regularizer: 'l1 0.1', beta_constraint: 'unit_norm' }],
  [
    'dense',
    'Dense',
    {
      units: 1,
      activation: 'sigmoid',
      kernel_constraint: 'min_max_norm 0.5 1 rate 0.9',
      bias_regularizer: 'l2 0.3',
    },
  ],
]);

export const models: readonly ModelGraph[] = [
  ...templates.map(({ graph }) => small(graph)),
  ...masked,
  ...bidirectional,
  ...options,
  ...parameters,
  branches,
  flattened,
  held,
];
