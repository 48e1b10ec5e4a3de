/** Layers of the catalogue as Keras 3 writes them into a model's configuration. */
import type { NodeAnalysis } from '../../../shared/graph/analyse.ts';
import type { LayerNode, Shape } from '../../../shared/graph/graph.ts';
import { readConstraint } from '../../../shared/layers/constraints.ts';
import { readRegularizer } from '../../../shared/layers/regularizers.ts';
import { directionsOf } from '../../../shared/layers/bidirectional.ts';

/** One serialised object of Keras. */
export interface KerasObject {
  module: string | null;
  class_name: string;
  config: Record<string, unknown>;
  registered_name: string | null;
  build_config?: { input_shape: Shape | readonly Shape[] };
}

type Config = Readonly<Record<string, unknown>>;

const keras = (module: string, class_name: string, config: Record<string, unknown>): KerasObject => ({
  module,
  class_name,
  config,
  registered_name: null,
});

const INITIALIZER_CLASSES: Readonly<Record<string, string>> = {
  glorot_uniform: 'GlorotUniform',
  glorot_normal: 'GlorotNormal',
  he_uniform: 'HeUniform',
  he_normal: 'HeNormal',
  lecun_uniform: 'LecunUniform',
  lecun_normal: 'LecunNormal',
  orthogonal: 'Orthogonal',
  uniform: 'RandomUniform',
  random_uniform: 'RandomUniform',
  random_normal: 'RandomNormal',
  zeros: 'Zeros',
  ones: 'Ones',
};

const CONSTRAINT_CLASSES = {
  non_neg: 'NonNeg',
  unit_norm: 'UnitNorm',
  max_norm: 'MaxNorm',
  min_max_norm: 'MinMaxNorm',
} as const;

function regularizer(short: string): KerasObject {
  const { l1, l2 } = readRegularizer(short)!;
  if (l1 > 0 && l2 > 0) return keras('keras.regularizers', 'L1L2', { l1, l2 });
  return l1 > 0 ? keras('keras.regularizers', 'L1', { l1 }) : keras('keras.regularizers', 'L2', { l2 });
}

function constraint(short: string): KerasObject {
  const { name, ...config } = readConstraint(short)!;
  const axis = 'axis' in config ? { axis: config.axis.length === 1 ? config.axis[0] : config.axis } : {};
  return keras('keras.constraints', CONSTRAINT_CLASSES[name], { ...config, ...axis });
}

/** Parameters under the names and in the forms Keras 3 has them in; what is an object there becomes one. */
function parameters(config: Config): Record<string, unknown> {
  const written = Object.entries(config).map(([name, value]): [string, unknown] => {
    if (typeof value === 'string' && name.endsWith('_regularizer')) return [name, regularizer(value)];
    if (typeof value === 'string' && name.endsWith('_constraint')) return [name, constraint(value)];
    const initializer = name.endsWith('_initializer') ? INITIALIZER_CLASSES[String(value)] : undefined;
    return [name, initializer === undefined ? value : keras('keras.initializers', initializer, {})];
  });
  return Object.fromEntries(written);
}

const named = (name: string, config: Record<string, unknown>): Record<string, unknown> => ({
  name,
  trainable: true,
  dtype: 'float32',
  ...config,
});

/** What all of Keras's recurrent layers state and the catalogue leaves at its default. */
const RECURRENT = { return_state: false, stateful: false, unroll: false };

const RECURRENT_TYPES = ['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'];

/** Keras has no Book LSTM: it is an RNN around the cell of the file that goes with the export. */
function bookLstm(name: string, { return_sequences, go_backwards, ...cell }: Config): KerasObject {
  const own = named('book_lstm_cell', cell);
  return keras('keras.layers', 'RNN', {
    ...named(name, { ...RECURRENT, return_sequences, go_backwards }),
    cell: {
      module: null,
      class_name: 'BookLSTMCell',
      config: own,
      registered_name: 'unroll>BookLSTMCell',
    },
  });
}

function recurrent(name: string, type: string, config: Config): KerasObject {
  if (type === 'BookLSTM') return bookLstm(name, config);
  return keras('keras.layers', type, named(name, { ...RECURRENT, ...parameters(config) }));
}

/** Both directions are stated, since Keras's own default for the second ignores `go_backwards` of the first. */
function bidirectional(name: string, config: Config): KerasObject {
  const [layer, backward_layer] = directionsOf(config as Parameters<typeof directionsOf>[0]).map(
    ({ name: direction, type, definition, config: own }) =>
      recurrent(`${direction}_${type === 'BookLSTM' ? 'rnn' : definition.baseName}`, type, own),
  );
  const { merge_mode } = config;
  return keras('keras.layers', 'Bidirectional', { ...named(name, { merge_mode }), layer, backward_layer });
}

const inputLayer = (name: string, { shape, dtype }: Config): KerasObject => {
  const batch_shape = [null, ...(shape as (number | null)[])];
  return keras('keras.layers', 'InputLayer', { batch_shape, dtype, sparse: false, name });
};

/** Layers whose parameters Keras has in another form. */
const SPECIAL: Readonly<Record<string, (config: Config) => Record<string, unknown>>> = {
  Conv1D: ({ kernel_size, strides, dilation_rate, ...rest }) => ({
    ...parameters(rest),
    kernel_size: [kernel_size],
    strides: [strides],
    dilation_rate: [dilation_rate],
  }),
  MaxPooling1D: ({ pool_size, strides, ...rest }) => ({
    ...rest,
    pool_size: [pool_size],
    strides: [strides ?? pool_size],
  }),
  LayerNormalization: ({ axis, ...rest }) => ({ ...parameters(rest), axis: [axis].flat() }),
};

/** A node of the graph as Keras 3 serialises the layer it stands for. */
export function kerasLayer({ id, type }: LayerNode, { config, inputShapes }: NodeAnalysis): KerasObject {
  if (type === 'Input') return inputLayer(id, config);
  const build_config = { input_shape: inputShapes.length === 1 ? inputShapes[0]! : inputShapes };
  if (RECURRENT_TYPES.includes(type)) return { ...recurrent(id, type, config), build_config };
  if (type === 'Bidirectional') return { ...bidirectional(id, config), build_config };
  const special = SPECIAL[type] ?? parameters;
  return { ...keras('keras.layers', type, named(id, special(config))), build_config };
}
