/** A model graph as the topology of a tfjs LayersModel: Keras 2's form, with what tfjs computes in another way put right or refused. */
import type { GraphAnalysis, NodeAnalysis } from '../../../shared/graph/analyse.ts';
import { requireValid } from '../../../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { layerDefinition } from '../../../shared/layers/index.ts';
import { readRegularizer } from '../../../shared/layers/regularizers.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { weightsMakeUp } from '../../hard-sigmoid.ts';
import { OWN_ACTIVATIONS } from './own-layers.ts';

type Config = Record<string, unknown>;

interface KerasLayer {
  class_name: string;
  config: Config;
}

const unsupported = (layer: string, reason: string) =>
  new UnrollError('export-unsupported', { layer, format: 'tfjs', reason });

/** Keras's short names that tfjs does not know. */
const INITIALIZERS: Readonly<Record<string, string>> = { uniform: 'random_uniform', normal: 'random_normal' };

/** Keras 3's activations that tfjs computes alike, by its name for them. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'linear',
      'tanh',
      'sigmoid',
      'softmax',
      'relu',
      'relu6',
      'elu',
      'selu',
      'softplus',
      'softsign',
      'gelu',
      'mish',
    ].map((name) => [name, name]),
  ),
  silu: 'swish',
  celu: 'elu',
  log_softmax: 'logSoftmax',
};

/** The only regularizer of tfjs's classes. */
const l1l2 = (short: string) => ({ class_name: 'L1L2', config: readRegularizer(short) });

function parameter(id: string, type: string, name: string, value: unknown): unknown {
  if (name.endsWith('_initializer')) return INITIALIZERS[String(value)] ?? value;
  if (name.endsWith('_regularizer')) return value && l1l2(String(value));
  // tfjs applies one whenever a weight is set, as it loads it too, and so would change what the model predicts.
  if (name.endsWith('_constraint')) return null;
  if (!name.endsWith('activation')) return value;
  // Of another slope, for which the weights before it make up.
  if (value === 'hard_sigmoid' && weightsMakeUp(type, name)) return 'hardSigmoid';
  const known = ACTIVATIONS[String(value)];
  if (known === undefined)
    throw unsupported(id, `tfjs has no activation ${String(value)} as Keras 3 computes it`);
  return known;
}

/** A layer's own part: its Keras class name, and parameters under Keras's names. */
function layerConfig(id: string, type: string, config: Config): KerasLayer {
  const own = Object.entries(config).map(([key, value]) => [key, parameter(id, type, key, value)]);
  return { class_name: type, config: { ...Object.fromEntries(own), name: id, trainable: true } };
}

/** Whether a recurrent layer needs a cell of the file that goes with the model. */
export const needsOwnCell = (type: string, config: Config): boolean =>
  type === 'BookLSTM' || (type === 'GRU' && config.reset_after === true);

/** An RNN around one of our own cells. */
function ownCell(id: string, type: string, config: Config): KerasLayer {
  const { units, activation, recurrent_activation, use_bias, output_sees } = config;
  const other = [activation, recurrent_activation].find((name) => !OWN_ACTIVATIONS.includes(String(name)));
  if (other !== undefined) throw unsupported(id, `its own cell has no activation ${String(other)}`);
  const { return_sequences, go_backwards } = config;
  const cell = {
    class_name: type === 'BookLSTM' ? 'BookLSTMCell' : 'GRUResetAfterCell',
    config: { name: `${id}_cell`, units, activation, recurrent_activation, use_bias, output_sees },
  };
  return {
    class_name: 'UnrollRNN',
    config: { name: id, trainable: true, return_sequences, go_backwards, cell },
  };
}

const recurrentLayer = (id: string, type: string, config: Config): KerasLayer =>
  needsOwnCell(type, config) ? ownCell(id, type, config) : layerConfig(id, type, config);

/** A wrapped layer has its base name, from which both sides name the weights of the two directions. */
function bidirectional(id: string, config: Config): KerasLayer {
  const { type, config: wrapped } = config.layer as { type: string; config: Config };
  const { zero_output_for_mask: _, ...own } = wrapped;
  if (config.backward_layer) throw unsupported(id, 'tfjs has no backward_layer in it');
  if (own.go_backwards === true) throw unsupported(id, 'tfjs reads forwards first in it');
  const { baseName } = layerDefinition(type);
  const { merge_mode } = config;
  return layerConfig(id, 'Bidirectional', {
    merge_mode,
    layer: recurrentLayer(baseName, type, own),
  });
}

/** Settings that tfjs's layers do not have, with the value that says what those compute. */
const FIXED: Readonly<Record<string, unknown>> = {
  data_format: 'channels_last',
  groups: 1,
  keepdims: false,
  rms_scaling: false,
};

function ownPart({ id, type }: LayerNode, { config }: NodeAnalysis): KerasLayer {
  if (type === 'Bidirectional') return bidirectional(id, config);
  if (type === 'LayerNormalization' && !(config.center === true && config.scale === true))
    throw unsupported(id, 'tfjs has it only with both scale and center');
  const { zero_output_for_mask: _, ...known } = config;
  for (const [name, value] of Object.entries(FIXED)) {
    if (!(name in known)) continue;
    if (known[name] !== value)
      throw unsupported(id, `tfjs has it only with the ${name} ${JSON.stringify(value)}`);
    delete known[name];
  }
  return recurrentLayer(id, type, known);
}

function refuseMasked(node: LayerNode, { nodes }: GraphAnalysis): void {
  if (!node.inputs.some((id) => nodes.get(id)!.masked)) return;
  if (node.type === 'GlobalAveragePooling1D')
    throw unsupported(node.id, 'tfjs takes the mean over padding too');
  if (nodes.get(node.id)!.config.zero_output_for_mask === true)
    throw unsupported(node.id, 'tfjs has no zero_output_for_mask');
}

function layerEntry(node: LayerNode, analysis: GraphAnalysis) {
  const { id, type, inputs } = node;
  const own = analysis.nodes.get(id)!;
  if (type === 'Input') {
    const shape = [null, ...(own.config.shape as readonly (number | null)[])];
    const config = { batch_input_shape: shape, dtype: own.config.dtype, sparse: false, name: id };
    return { name: id, class_name: 'InputLayer', config, inbound_nodes: [] };
  }
  refuseMasked(node, analysis);
  return { name: id, ...ownPart(node, own), inbound_nodes: [inputs.map((input) => [input, 0, 0, {}])] };
}

/** @throws UnrollError `export-unsupported` for what tfjs does not have or computes in another way */
export function topology(graph: ModelGraph): object {
  const analysis = requireValid(graph);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const inputs = analysis.order.filter((id) => byId.get(id)!.type === 'Input');
  return {
    class_name: 'Model',
    config: {
      name: graph.name,
      layers: analysis.order.map((id) => layerEntry(byId.get(id)!, analysis)),
      input_layers: inputs.map((id) => [id, 0, 0]),
      output_layers: [[analysis.output, 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}
