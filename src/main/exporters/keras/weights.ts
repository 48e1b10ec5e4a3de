/** Where a model's weights and its optimizer's state stand in Keras's HDF5 files. */
import type { NamedArray } from '../../../shared/checkpoint.ts';
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import type { LayerNode } from '../../../shared/graph/graph.ts';
import { layerDefinition } from '../../../shared/layers/index.ts';
import type { TrainingConfig } from '../../../shared/training.ts';
import type { Hdf5Array, Hdf5Attribute, Hdf5Content } from '../../hdf5/content.ts';
import type { TrainedState } from '../exporter.ts';
import { slotOrder } from './slots.ts';

interface Placed {
  node: LayerNode;
  /** The folder of the layer: its class in lower case, numbered where there are several. */
  folder: string;
  weights: NamedArray[];
}

/** The class a layer has in Keras, as its files write it. */
const folderBase = (type: string): string => (type === 'BookLSTM' ? 'rnn' : layerDefinition(type).baseName);

/** Every layer but Input in order, with its weights. */
export function placeWeights(
  layers: readonly LayerNode[],
  analysis: GraphAnalysis,
  weights: readonly NamedArray[],
): Placed[] {
  const byName = new Map(weights.map((array) => [array.name, array]));
  const used = new Map<string, number>();
  return layers
    .filter(({ type }) => type !== 'Input')
    .map((node) => {
      const base = folderBase(node.type);
      const count = used.get(base) ?? 0;
      used.set(base, count + 1);
      const own = analysis.nodes.get(node.id)!.weights.map(({ name }) => byName.get(`${node.id}/${name}`)!);
      return { node, folder: count === 0 ? base : `${base}_${count}`, weights: own };
    });
}

/** A layer's weights by folder: one, or one a direction. Weights of a recurrent layer belong to its cell. */
function placesOf(
  { id, type }: LayerNode,
  weights: readonly NamedArray[],
): [string, readonly NamedArray[]][] {
  if (type === 'Bidirectional')
    return ['forward', 'backward'].map((direction) => [
      `${direction}_layer/cell/vars`,
      weights.filter(({ name }) => name.startsWith(`${id}/${direction}_`)),
    ]);
  return [[['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'].includes(type) ? 'cell/vars' : 'vars', weights]];
}

const asArray = ({ shape, data }: NamedArray): Hdf5Array => ({ shape, data });

/** The numbers an optimizer keeps, in its own order: count of steps, learning rate, then the slots. */
function optimizerArrays(
  { position, weights, slots }: TrainedState,
  { optimizer }: TrainingConfig,
): Hdf5Array[] {
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const ordered = slotOrder(
    optimizer,
    weights.map(({ name }) => name),
  ).map((name) => byName.get(name));
  // A model that was never trained has no slots yet; Keras starts them at zero, as Unroll does.
  if (ordered.some((slot) => !slot)) return [];
  return [
    { shape: [], data: BigInt64Array.of(BigInt(position.iterations)) },
    { shape: [], data: Float32Array.of(position.learningRate) },
    ...ordered.map((slot) => asArray(slot!)),
  ];
}

/** `model.weights.h5` of a `.keras` file. */
export function weightsFile(
  placed: readonly Placed[],
  state: TrainedState,
  training: TrainingConfig,
): Hdf5Content {
  const groups = new Map<string, Map<string, Hdf5Attribute>>([['', new Map()]]);
  const arrays = new Map<string, Hdf5Array>();
  for (const { node, folder, weights } of placed) {
    groups.set(`layers/${folder}/vars`, new Map([['name', node.id]]));
    for (const [place, own] of placesOf(node, weights))
      own.forEach((array, i) => arrays.set(`layers/${folder}/${place}/${i}`, asArray(array)));
  }
  placeOptimizer(arrays, placed, state, training);
  return { groups, arrays };
}

/** The name Keras gives a weight in the older form. */
function legacyName({ node }: Placed, { name }: NamedArray): string {
  const [, ...variable] = name.split('/');
  return [node.id, ...variable].join('/');
}

/** Where Keras 3 has it in its own files, and where Unroll reads it in both. */
function placeOptimizer(
  arrays: Map<string, Hdf5Array>,
  placed: readonly Placed[],
  state: TrainedState,
  training: TrainingConfig,
): void {
  const inOrder = { ...state, weights: placed.flatMap(({ weights }) => weights) };
  optimizerArrays(inOrder, training).forEach((array, i) => arrays.set(`optimizer/vars/${i}`, array));
}

/**
 * The group `model_weights` of the older form. What the optimizer had kept is not in `optimizer_weights`: Keras 3 restores
 * that into an optimizer of no variables, which then refuses to train (keras/src/legacy/saving/legacy_h5_format.py,
 * `model.optimizer.build(model._trainable_variables)`).
 */
export function legacyWeights(
  placed: readonly Placed[],
  inputs: readonly string[],
  state: TrainedState,
  training: TrainingConfig,
): Hdf5Content {
  const groups = new Map<string, Map<string, Hdf5Attribute>>();
  const arrays = new Map<string, Hdf5Array>();
  const names = [...inputs, ...placed.map(({ node }) => node.id)];
  groups.set('model_weights', new Map<string, Hdf5Attribute>([['layer_names', names]]));
  for (const input of inputs) groups.set(`model_weights/${input}`, new Map([['weight_names', []]]));
  for (const layer of placed) {
    const own = layer.weights.map((array) => legacyName(layer, array));
    groups.set(`model_weights/${layer.node.id}`, new Map([['weight_names', own]]));
    layer.weights.forEach((array, i) =>
      arrays.set(`model_weights/${layer.node.id}/${own[i]}`, asArray(array)),
    );
  }
  placeOptimizer(arrays, placed, state, training);
  return { groups, arrays };
}
