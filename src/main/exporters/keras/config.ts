/** A whole model and how it is compiled, as Keras 3 writes them (`config.json`, and the attributes of the older HDF5 form). */
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import { requireValid } from '../../../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { isChain } from '../../../shared/graph/summary.ts';
import type { OptimizerConfig, TrainingConfig } from '../../../shared/training.ts';
import { kerasLayer, type KerasObject } from './layers.ts';
import { kerasOrder } from './order.ts';

/** The version of Keras whose form the files have. */
export const KERAS_VERSION = '3.15.1';

interface Serialised {
  analysis: GraphAnalysis;
  /** In Keras's order, Input layers included. */
  layers: LayerNode[];
  model: KerasObject;
}

/** @throws UnrollError `model-invalid` */
export function serialiseModel(graph: ModelGraph): Serialised {
  const analysis = requireValid(graph);
  const layers = kerasOrder(graph, analysis.output!);
  const model = isChain(graph) ? sequential(layers, analysis) : functional(layers, analysis);
  return { analysis, layers, model };
}

/** Keras's automatic name; the user's own may have signs that Keras refuses. */
function sequential(layers: readonly LayerNode[], { nodes }: GraphAnalysis): KerasObject {
  const input_shape = nodes.get(layers[0]!.id)!.shape!;
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      trainable: true,
      dtype: 'float32',
      layers: layers.map((node) => kerasLayer(node, nodes.get(node.id)!)),
      build_input_shape: input_shape,
    },
    registered_name: null,
    build_config: { input_shape },
  };
}

function functional(layers: readonly LayerNode[], { nodes, output }: GraphAnalysis): KerasObject {
  const dtypes = new Map(layers.map(({ id }) => [id, nodes.get(id)!.config.dtype ?? 'float32']));
  const tensor = (id: string) => ({
    class_name: '__keras_tensor__',
    config: { shape: nodes.get(id)!.shape, dtype: dtypes.get(id), keras_history: [id, 0, 0] },
  });
  const inbound = ({ inputs }: LayerNode) => {
    if (inputs.length === 0) return [];
    const read = inputs.map(tensor);
    return [{ args: [read.length === 1 ? read[0] : read], kwargs: {} }];
  };
  const entries = layers.map((node) => ({
    ...kerasLayer(node, nodes.get(node.id)!),
    name: node.id,
    inbound_nodes: inbound(node),
  }));
  const inputs = layers.filter(({ type }) => type === 'Input').map(({ id }) => [id, 0, 0]);
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name: 'functional',
      trainable: true,
      layers: entries,
      input_layers: inputs.length === 1 ? inputs[0] : inputs,
      output_layers: [output!, 0, 0],
    },
    registered_name: 'Functional',
  };
}

const OPTIMIZER_CLASSES = { rmsprop: 'RMSprop', adam: 'Adam', sgd: 'SGD' } as const;

/** Of ES2026, in Node from 21 on: what `JSON.stringify` writes as it stands. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** A number as Python reads a float, whole or not: Keras takes no momentum of `0` and no learning rate of `1`. */
function float(value: unknown): unknown {
  return Number.isInteger(value) && Math.abs(Number(value)) < 1e15 ? rawJSON(`${String(value)}.0`) : value;
}

/** @param learningRate the one in force, which a schedule may have lowered */
function optimizer({ name, ...settings }: OptimizerConfig, learningRate: number): KerasObject {
  const config = Object.entries({ ...settings, learning_rate: learningRate });
  const floats = Object.fromEntries(config.map(([key, value]) => [key, float(value)]));
  return {
    module: 'keras.optimizers',
    class_name: OPTIMIZER_CLASSES[name],
    // Keras's own name for it, from which it names what it keeps.
    config: { name: name === 'rmsprop' ? 'rm_sprop' : name, ...floats },
    registered_name: null,
  };
}

/** What `model.compile` was given. */
export function compileConfig(
  { optimizer: config, loss, metrics }: TrainingConfig,
  learningRate: number,
): Record<string, unknown> {
  return {
    optimizer: optimizer(config, learningRate),
    loss,
    loss_weights: null,
    metrics,
    weighted_metrics: null,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}
