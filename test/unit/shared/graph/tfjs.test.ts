/**
 * Shapes and counts against tfjs's own layers, which know nothing of ours: any sound graph is built of them. What tfjs has
 * not, it gets the nearest to that has the same shapes and weights: an LSTM for the lecture's, a GRU that resets before.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requireValid } from '../../../../src/shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { plainGraph } from './random-graphs.ts';

type Config = Record<string, unknown>;
interface Inner {
  type: string;
  config: Config;
}

/** What tfjs has the same shapes and weights for. */
function known({ type, config }: Inner): Inner {
  if (type === 'BookLSTM') {
    const { output_sees: _left, ...rest } = config;
    return { type: 'LSTM', config: rest };
  }
  if (type === 'GRU') return { type, config: { ...config, reset_after: false } };
  if (type === 'Bidirectional') return { type, config: { ...config, layer: known(config.layer as Inner) } };
  return { type, config };
}
const inTfjs = (graph: ModelGraph): ModelGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => ({ ...node, ...known(node) })),
});

const recurrent = ({ units, use_bias, return_sequences }: Config) => ({
  units: units as number,
  useBias: use_bias as boolean,
  returnSequences: return_sequences as boolean,
  recurrentInitializer: 'glorotNormal' as const,
});

/** tfjs computes the length behind a causal convolution as if nothing were padded; `same` has the length Keras gives it. */
const padding = (name: unknown) => (name === 'causal' ? 'same' : name) as 'same' | 'valid';

const MAKE: Record<string, (config: Config, name: string) => layers.Layer> = {
  Embedding: ({ input_dim, output_dim }, name) =>
    layers.embedding({ name, inputDim: input_dim as number, outputDim: output_dim as number }),
  SimpleRNN: (config, name) => layers.simpleRNN({ name, ...recurrent(config) }),
  LSTM: (config, name) => layers.lstm({ name, ...recurrent(config) }),
  GRU: (config, name) => layers.gru({ name, ...recurrent(config) }),
  Bidirectional: ({ layer, merge_mode }, name) => {
    const { type, config } = layer as Inner;
    const inner = MAKE[type]!({ use_bias: true, return_sequences: false, ...config }, `${name}_inner`);
    return layers.bidirectional({ name, layer: inner as never, mergeMode: merge_mode as 'concat' });
  },
  Dense: ({ units, use_bias }, name) =>
    layers.dense({ name, units: units as number, useBias: use_bias as boolean }),
  Activation: (_, name) => layers.activation({ name, activation: 'linear' }),
  Conv1D: ({ filters, kernel_size, strides, padding: pads, dilation_rate, use_bias }, name) =>
    layers.conv1d({
      name,
      filters: filters as number,
      kernelSize: kernel_size as number,
      strides: strides as number,
      padding: padding(pads),
      dilationRate: dilation_rate as number,
      useBias: use_bias as boolean,
    }),
  MaxPooling1D: ({ pool_size, strides, padding: pads }, name) =>
    layers.maxPooling1d({
      name,
      poolSize: pool_size as number,
      strides: (strides ?? pool_size) as number,
      padding: padding(pads),
    }),
  GlobalMaxPooling1D: (_, name) => layers.globalMaxPooling1d({ name }),
  GlobalAveragePooling1D: (_, name) => layers.globalAveragePooling1d({ name }),
  Flatten: (_, name) => layers.flatten({ name }),
  Dropout: ({ rate }, name) => layers.dropout({ name, rate: rate as number }),
  LayerNormalization: ({ center, scale }, name) =>
    layers.layerNormalization({ name, center: center as boolean, scale: scale as boolean }),
  Concatenate: ({ axis }, name) => layers.concatenate({ name, axis: axis as number }),
  Add: (_, name) => layers.add({ name }),
};

/** tfjs flattens no vector, which has nothing to flatten; Keras lets it through. */
const isFlat = (type: string, [first]: readonly SymbolicTensor[]): boolean =>
  type === 'Flatten' && first!.shape.length === 2;

/** What each layer hands on, built layer by layer. */
function build(graph: ModelGraph): Map<string, SymbolicTensor> {
  const { order, nodes } = requireValid(graph);
  const byId = new Map(graph.nodes.map((node): [string, LayerNode] => [node.id, node]));
  const built = new Map<string, SymbolicTensor>();
  for (const id of order) {
    const { type, inputs } = byId.get(id)!;
    const { config } = nodes.get(id)!;
    const read = inputs.map((from) => built.get(from)!);
    const made: unknown =
      type === 'Input'
        ? input({ name: id, shape: config.shape as number[] })
        : MAKE[isFlat(type, read) ? 'Activation' : type]!(config, id).apply(
            read.length === 1 ? read[0]! : read,
          );
    built.set(id, made as SymbolicTensor);
  }
  return built;
}

it('every layer of any sound graph has the shape and the parameters tfjs gives it', async () => {
  await tf.setBackend('cpu');
  fc.assert(
    fc.property(plainGraph.map(inTfjs), (graph) => {
      const { nodes, output, parameters } = requireValid(graph);
      const built = build(graph);
      for (const [id, { shape, parameters: own }] of nodes) {
        const { shape: theirs, sourceLayer } = built.get(id)!;
        expect(theirs, id).toEqual(shape);
        expect(sourceLayer.countParams(), id).toBe(own);
      }
      const whole = model({ inputs: built.get('input')!, outputs: built.get(output!)! });
      expect(whole.countParams()).toBe(parameters);
      whole.dispose();
    }),
    { numRuns: 100 },
  );
});
