/** Random models that are sound: chains and branches of any layers with any settings, joined to one output. */
import fc from 'fast-check';
import { analyse, type GraphAnalysis } from '../../../../src/shared/graph/analyse.ts';
import { newNode } from '../../../../src/shared/graph/edit.ts';
import type { LayerNode, ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { endsOf } from '../../../../src/shared/graph/order.ts';
import { ACTIVATIONS } from '../../../../src/shared/layers/activations.ts';
import { graphOf, node } from './graphs.ts';

type Config = LayerNode['config'];

const units = fc.integer({ min: 1, max: 6 });
const activation = fc.constantFrom(...ACTIVATIONS);
const flag = fc.boolean();
const settings = (fields: Record<string, fc.Arbitrary<unknown>>, required: string[]): fc.Arbitrary<Config> =>
  fc.record(fields, { requiredKeys: required });

const cell = {
  units,
  activation,
  use_bias: flag,
  return_sequences: flag,
  go_backwards: flag,
  recurrent_initializer: fc.constantFrom('orthogonal', 'glorot_normal'),
};
const gated = { ...cell, recurrent_activation: fc.constantFrom('sigmoid', 'hard_sigmoid') };
const dropouts = {
  dropout: fc.constantFrom(0, 0.2),
  recurrent_dropout: fc.constantFrom(0, 0.1),
};

const held = {
  kernel_regularizer: fc.constantFrom(null, 'l2 0.01', 'l1 0.001', 'l1 0.001 l2 0.01'),
  recurrent_constraint: fc.constantFrom(
    null,
    'non_neg',
    'unit_norm axis 1',
    'max_norm 1.5',
    'min_max_norm 0.5 1 rate 0.9 axis 0 1',
  ),
};

const CELLS: Readonly<Record<string, fc.Arbitrary<Config>>> = {
  SimpleRNN: settings({ ...cell, ...dropouts, ...held }, ['units']),
  LSTM: settings({ ...gated, ...dropouts, ...held, unit_forget_bias: flag }, ['units']),
  GRU: settings({ ...gated, ...dropouts, ...held, reset_after: flag }, ['units']),
  BookLSTM: settings({ ...gated, unit_forget_bias: flag, output_sees: fc.constantFrom('old', 'new') }, [
    'units',
  ]),
};
const anyCell = fc.oneof(
  ...Object.entries(CELLS).map(([type, config]) => fc.record({ type: fc.constant(type), config })),
);

const LAYERS: Readonly<Record<string, fc.Arbitrary<Config>>> = {
  ...CELLS,
  Bidirectional: settings({ layer: anyCell, merge_mode: fc.constantFrom('concat', 'sum', 'mul', 'ave') }, [
    'layer',
  ]),
  Dense: settings({ units, activation, use_bias: flag }, ['units']),
  Activation: fc.record({ activation }),
  Conv1D: settings(
    {
      filters: units,
      kernel_size: fc.integer({ min: 1, max: 4 }),
      strides: fc.constantFrom(1, 2),
      padding: fc.constantFrom('valid', 'same', 'causal'),
      dilation_rate: fc.constantFrom(1, 2),
      activation,
      use_bias: flag,
    },
    ['filters', 'kernel_size'],
  ),
  MaxPooling1D: settings(
    {
      pool_size: fc.integer({ min: 1, max: 3 }),
      strides: fc.constantFrom(null, 1, 2),
      padding: fc.constantFrom('valid', 'same'),
    },
    [],
  ),
  GlobalMaxPooling1D: fc.constant({}),
  GlobalAveragePooling1D: fc.constant({}),
  Flatten: fc.constant({}),
  Dropout: fc.record({ rate: fc.constantFrom(0, 0.25) }),
  LayerNormalization: settings({ center: flag, scale: flag }, []),
  Concatenate: settings({ axis: fc.constantFrom(-1, 1) }, []),
  Add: fc.constant({}),
};

const data_format = fc.constantFrom('channels_last', 'channels_first');
const pooling = { keepdims: flag, data_format };
const zeros = { zero_output_for_mask: flag };

/** Settings that tfjs's own layers do not have. */
const RARE: Readonly<Record<string, Record<string, fc.Arbitrary<unknown>>>> = {
  SimpleRNN: zeros,
  LSTM: zeros,
  GRU: zeros,
  Bidirectional: { backward_layer: anyCell },
  // TensorFlow on processors exchanges the axes of channels_first where both are as long.
  Conv1D: { groups: fc.constantFrom(1, 2) },
  MaxPooling1D: { data_format },
  GlobalMaxPooling1D: pooling,
  GlobalAveragePooling1D: pooling,
  Flatten: { data_format },
  Dropout: { noise_shape: fc.constantFrom(null, [null, 1, null]) },
  LayerNormalization: { axis: fc.constantFrom(-1, 1, [1, 2]), rms_scaling: flag },
};

/** A layer to try behind some of those there are; the numbers choose which. */
const layers = (rare: boolean) =>
  fc.oneof(
    ...Object.entries(LAYERS).map(([type, config]) =>
      fc.record({
        type: fc.constant(type),
        config: rare
          ? fc
              .tuple(config, settings(RARE[type] ?? {}, []))
              .map((parts) => Object.assign({}, ...parts) as Config)
          : config,
        reads: fc.tuple(fc.nat(8), fc.nat(8)),
      }),
    ),
  );

const ids = fc
  .record({ length: fc.integer({ min: 4, max: 12 }), width: units, mask_zero: flag })
  .map(({ length, width, mask_zero }): LayerNode[] => [
    node('input', 'Input', { shape: [length], dtype: 'int32' }),
    node('embedding', 'Embedding', { input_dim: 9, output_dim: width, mask_zero }, 'input'),
  ]);
const values = fc
  .record({ length: fc.integer({ min: 4, max: 12 }), width: units })
  .map(({ length, width }): LayerNode[] => [node('input', 'Input', { shape: [length, width] })]);

/** Every layer that fits where it was to go stands there; loose ends are pooled and put side by side in front of a Dense. */
const sound = (rare: boolean): fc.Arbitrary<ModelGraph> =>
  fc
    .tuple(fc.oneof(ids, values), fc.array(layers(rare), { minLength: 1, maxLength: 7 }))
    .map(([start, tries]) => {
      let graph = graphOf(...start);
      for (const { type, config, reads } of tries) {
        const made = newNode(graph, type);
        const merges = type === 'Concatenate' || type === 'Add';
        const readable = graph.nodes.filter((one) => one.type !== 'Input' || start.length === 1);
        // The newest layers are likelier, so that models grow deep.
        const read = reads.map(
          (back) => readable[Math.max(0, readable.length - 1 - Math.floor(back / 3))]!.id,
        );
        const inputs = merges ? read : read.slice(0, 1);
        const tried = { ...graph, nodes: [...graph.nodes, { ...made, config, inputs }] };
        if (isSound(analyse(tried))) graph = tried;
      }
      return joined(graph);
    });

export const soundGraph = sound(true);
/** Of layers that tfjs has too. */
export const plainGraph = sound(false);

const isSound = ({ problems }: GraphAnalysis): boolean =>
  problems.every(({ message }) => message.startsWith('Nothing reads its output'));

function joined(graph: ModelGraph): ModelGraph {
  let { nodes } = graph;
  const add = (type: string, config: Config, ...inputs: string[]): string => {
    const made = { ...newNode({ ...graph, nodes }, type), config, inputs };
    nodes = [...nodes, made];
    return made.id;
  };
  const { nodes: analysed } = analyse(graph);
  const flat = endsOf(graph).map(({ id }) =>
    analysed.get(id)!.shape!.length === 3 ? add('GlobalAveragePooling1D', {}, id) : id,
  );
  const end = flat.length > 1 ? add('Concatenate', {}, ...flat) : flat[0]!;
  add('Dense', { units: 1, activation: 'sigmoid' }, end);
  return { ...graph, nodes };
}
