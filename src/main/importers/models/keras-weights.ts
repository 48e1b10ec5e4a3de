/** Weights out of files: the newer form of Keras's HDF5 numbers them by layer class, the older one lists their names. */
import type { Hdf5Array, Hdf5Attribute, Hdf5Content } from '../../hdf5/content.ts';
import type { NamedArray } from '../../../shared/checkpoint.ts';
import { atNewSlope, hardSigmoids } from '../../hard-sigmoid.ts';
import { refuse } from './model-importer.ts';
import type { FileLayer, KerasModel } from './keras-model.ts';

interface WeightArray {
  shape: readonly number[];
  data: Float32Array;
}

/**
 * Weights as a file lists them for each layer, given the names and shapes that the graph asks for.
 * @param arrays those of a layer, in Keras's order
 * @throws UnrollError `model-unreadable` where one is missing, has another shape, or holds what is no number
 */
export function nameWeights(
  path: string,
  model: KerasModel,
  arrays: (layer: FileLayer) => readonly WeightArray[],
): NamedArray[] {
  const layers = new Map(model.layers.map((layer) => [layer.id, layer]));
  const weights = model.analysis.order.flatMap((id) => {
    const specs = model.analysis.nodes.get(id)!.weights;
    if (specs.length === 0) return [];
    const found = arrays(layers.get(id)!);
    if (found.length !== specs.length) {
      const reason = `${id} has ${found.length} arrays of weights in it where ${specs.length} are due`;
      throw refuse(path, reason, 'Save the whole model again, with its weights.');
    }
    return specs.map(({ name, shape }, i) => fittingArray(path, `${id}/${name}`, shape, found[i]!));
  });
  return model.keras3 ? weights : atNewSlope(hardSigmoids(model.graph, model.analysis), weights);
}

function fittingArray(
  path: string,
  name: string,
  shape: readonly number[],
  { shape: given, data }: WeightArray,
): NamedArray {
  if (given.join() !== shape.join()) {
    const reason = `${name} has the shape (${given.join(', ')}) where (${shape.join(', ')}) is due`;
    throw refuse(path, reason, 'Save the model again; its weights and its layers do not belong together.');
  }
  if (!data.every(Number.isFinite)) {
    const reason = `${name} holds values that are no numbers (NaN or infinity)`;
    throw refuse(path, reason, 'Its training diverged; save the model from before that.');
  }
  return { name, shape, data };
}

/** Those of a listed layer's arrays that are a layer's own: the forward direction's stand before the backward's. */
export function ownArrays<T>({ half }: FileLayer, listed: readonly T[]): readonly T[] {
  if (!half) return listed;
  const { forward, backward } = half.arrays;
  if (listed.length !== forward + backward) return [];
  return half.direction === 'forward' ? listed.slice(0, forward) : listed.slice(forward);
}

const isFloats = (array: Hdf5Array): array is Hdf5Array & { data: Float32Array } =>
  array.data instanceof Float32Array;

/** Keras's own way to write a class name small (keras/src/utils/naming.py). */
function snakeCase(name: string): string {
  const plain = name.replace(/\W+/g, '');
  return plain
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The folder of every layer in `model.weights.h5`, by what the layer is called in the file. */
function folders({ layers }: KerasModel): Map<string, string> {
  const used = new Map<string, number>();
  const folderOf = new Map<string, string>();
  for (const { fileName, className } of layers) {
    if (folderOf.has(fileName)) continue;
    const base = snakeCase(className);
    const count = used.get(base) ?? 0;
    used.set(base, count + 1);
    folderOf.set(fileName, count === 0 ? base : `${base}_${count}`);
  }
  return folderOf;
}

/** Versions before 3 wrote their paths with another root, and with backslashes. */
const plainPath = (path: string): string =>
  path.replaceAll('\\', '/').replace('_layer_checkpoint_dependencies/', 'layers/');

/** The arrays `0`, `1`, … of a folder. */
function numbered(
  arrays: ReadonlyMap<string, Hdf5Array>,
  folder: string,
): (Hdf5Array & { data: Float32Array })[] {
  const found: (Hdf5Array & { data: Float32Array })[] = [];
  for (
    let array = arrays.get(`${folder}/0`);
    array && isFloats(array);
    array = arrays.get(`${folder}/${found.length}`)
  )
    found.push(array);
  return found;
}

/** Where in a layer's folder its weights may be: in itself, in its cell, or in those of its two directions. */
const PLACES = ['vars', 'cell/vars', 'forward_layer/cell/vars', 'backward_layer/cell/vars'];

/** Weights from `model.weights.h5` of a `.keras` file. @throws UnrollError `model-unreadable` */
export function weightsByFolder(path: string, model: KerasModel, content: Hdf5Content): NamedArray[] {
  const arrays = new Map([...content.arrays].map(([name, array]) => [plainPath(name), array]));
  const folderOf = folders(model);
  return nameWeights(path, model, ({ fileName, half }) =>
    PLACES.filter((place) => !half || place.startsWith(half.direction)).flatMap((place) =>
      numbered(arrays, `layers/${folderOf.get(fileName)}/${place}`),
    ),
  );
}

/** A list of names, which Keras splits over several attributes where it is long. */
function names(attributes: ReadonlyMap<string, Hdf5Attribute> | undefined, name: string): string[] {
  const whole = attributes?.get(name);
  if (Array.isArray(whole)) return whole as string[];
  const parts: string[] = [];
  for (
    let i = 0, part = attributes?.get(`${name}0`);
    Array.isArray(part);
    part = attributes?.get(`${name}${++i}`)
  )
    parts.push(...(part as string[]));
  return parts;
}

/** Weights from the group `model_weights` of an `.h5` file. @throws UnrollError `model-unreadable` */
export function weightsByName(
  path: string,
  model: KerasModel,
  { groups, arrays }: Hdf5Content,
): NamedArray[] {
  if (!groups.has('model_weights'))
    throw refuse(
      path,
      'it holds a model without its weights',
      'Save the whole model again, with its weights.',
    );
  return nameWeights(path, model, (layer) => {
    const group = `model_weights/${layer.fileName}`;
    const listed = names(groups.get(group), 'weight_names').flatMap((name) => {
      const array = arrays.get(`${group}/${name}`);
      return array && isFloats(array) ? [array] : [];
    });
    return ownArrays(layer, listed);
  });
}

/** What an optimizer had kept, in its own order, in `model.weights.h5`. */
export const optimizerVariables = ({ arrays }: Hdf5Content): Hdf5Array[] =>
  numbered(arrays, 'optimizer/vars');

/** The same in an `.h5` file: Keras lists the names, Unroll writes them as in the newer form. */
export function namedVariables(content: Hdf5Content): Hdf5Array[] {
  const { groups, arrays } = content;
  const listed = groups.get('optimizer_weights');
  if (!listed) return optimizerVariables(content);
  return names(listed, 'weight_names').flatMap((name) => arrays.get(`optimizer_weights/${name}`) ?? []);
}
