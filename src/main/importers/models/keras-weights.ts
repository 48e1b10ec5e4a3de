/** Weights out of Keras's HDF5 files: the newer form numbers them by layer class, the older one lists their names. */
import type { Hdf5Array, Hdf5Attribute, Hdf5Content } from '../../hdf5/content.ts';
import type { NamedArray } from '../../../shared/checkpoint.ts';
import { nameWeights, refuse } from './model-importer.ts';
import type { KerasModel } from './keras-model.ts';

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

/** The folder of every layer in `model.weights.h5`, by the layer's id. */
function folders({ layers }: KerasModel): Map<string, string> {
  const used = new Map<string, number>();
  return new Map(
    layers.map(({ id, className }) => {
      const base = snakeCase(className);
      const count = used.get(base) ?? 0;
      used.set(base, count + 1);
      return [id, count === 0 ? base : `${base}_${count}`];
    }),
  );
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
  return nameWeights(path, model.analysis, (layer) =>
    PLACES.flatMap((place) => numbered(arrays, `layers/${folderOf.get(layer)}/${place}`)),
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
  const fileNames = new Map(model.layers.map(({ id, fileName }) => [id, fileName]));
  return nameWeights(path, model.analysis, (layer) => {
    const group = `model_weights/${fileNames.get(layer)}`;
    return names(groups.get(group), 'weight_names').flatMap((name) => {
      const array = arrays.get(`${group}/${name}`);
      return array && isFloats(array) ? [array] : [];
    });
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
