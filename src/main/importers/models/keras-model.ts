/**
 * A model's configuration as Keras writes it (Sequential or Functional; Keras 3, Keras 2 and tfjs) as a model graph. All of it
 * is understood or nothing is taken.
 */
import { analyse, requireValid } from '../../../shared/graph/analyse.ts';
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { layerOf } from './keras-layer.ts';
import { Unknown, UnknownClass, type Dialect } from './keras-parameters.ts';
import { isObject, type Config } from './keras-values.ts';
import { refuse } from './model-importer.ts';
import { chained, connected, modelOutputs } from './keras-connections.ts';
import { OTHER_LAYERS, type Connected, type Entry, type Half, type Tensor } from './keras-entry.ts';
import { refuseOtherMasks, withoutMasks } from './keras-masks.ts';
import { outputsOf, withSingleOutputs } from './keras-outputs.ts';

/** What a layer is called and what class it is of in the file. */
export interface FileLayer {
  id: string;
  fileName: string;
  className: string;
  /** Not null where only one direction of the file's layer is this one. */
  half: Half | null;
}

export interface KerasModel {
  graph: ModelGraph;
  analysis: GraphAnalysis;
  /** In the file's order, without Inputs. */
  layers: FileLayer[];
  notes: string[];
  /** Whether Keras 3 wrote the file. */
  keras3: boolean;
}

const MOST_LAYERS = 2000;

interface Reading {
  path: string;
  dialect: Dialect;
  notes: string[];
}

/**
 * @param serialised `{class_name, config}` of the model
 * @param name what to call the model where the file has no name of its own for it
 * @throws UnrollError `model-unreadable`, naming the layer
 */
export function readKerasModel(
  serialised: unknown,
  name: string,
  { path, dialect }: Pick<Reading, 'path' | 'dialect'>,
): KerasModel {
  const reading: Reading = { path, dialect, notes: [] };
  const { className, config, entries: written } = readEntries(serialised, path);
  const sequential = className === 'Sequential';
  const { entries: unmasked, masks } = withoutMasks(
    sequential ? withInput(written, config, reading) : written,
  );
  const calls = unmasked.map((entry, i) =>
    naming(entry, path, 'cannot be connected', () =>
      sequential ? chained(entry, unmasked[i - 1]) : connected(entry),
    ),
  );
  const entries = withSingleOutputs(calls, oneOutput(sequential, config, calls, path), reading);
  const ids = freeIds(entries.map((entry) => entry.name));
  const nodes = entries.map((entry) => readLayer(entry, ids, reading));
  const graph: ModelGraph = { format: 'unroll-model', version: 1, name, nodes: asIdsWhereEmbedded(nodes) };
  const analysis = validated(graph, path);
  refuseOtherMasks({ entries, masks, ids, graph, analysis, path });
  const layers = entries
    .filter((entry) => entry.className !== 'InputLayer')
    .map(({ name: fileName, className: type, half }) => ({
      id: ids.get(fileName)!,
      fileName: half?.of ?? fileName,
      className: half ? 'Bidirectional' : type,
      half,
    }));
  return { graph, analysis, layers, notes: reading.notes, keras3: dialect.keras3 };
}

function readEntries(
  serialised: unknown,
  path: string,
): { className: string; config: Config; entries: Entry[] } {
  const malformed = (what: string) =>
    refuse(
      path,
      `${what} in its configuration is not as Keras writes it`,
      'Save the model again with Keras.',
    );
  if (!isObject(serialised)) throw malformed('the model');
  const className = String(serialised.class_name);
  if (!['Sequential', 'Functional', 'Model'].includes(className)) {
    const reason = `the model is of the class ${className}, not Sequential or Functional`;
    throw refuse(path, reason, 'Rebuild it as a Sequential or functional model and save that.');
  }
  // Keras 2 once wrote a Sequential's layers without anything around them.
  const config: Config = Array.isArray(serialised.config)
    ? { layers: serialised.config as unknown[] }
    : isObject(serialised.config)
      ? serialised.config
      : {};
  if (!Array.isArray(config.layers)) throw malformed('the list of layers');
  if (config.layers.length > MOST_LAYERS)
    throw refuse(
      path,
      `it has ${config.layers.length} layers, at most ${MOST_LAYERS} are read`,
      'Use a smaller model.',
    );
  const entries = config.layers.map((layer: unknown, i): Entry => {
    if (!isObject(layer) || !isObject(layer.config)) throw malformed(`layer ${i + 1}`);
    const name = String(layer.name ?? layer.config.name ?? `layer_${i}`);
    const built = isObject(layer.build_config) ? layer.build_config.input_shape : undefined;
    const { class_name, config: own, inbound_nodes: inbound } = layer;
    return { className: String(class_name), config: { ...own, name }, name, inbound, built };
  });
  return { className, config, entries };
}

/** Names as the graph takes them: what does not fit is replaced, and none is given twice. */
function freeIds(names: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    names.map((name) => {
      const plain =
        name
          .replace(/[^\w.-]/g, '_')
          .replace(/^[^A-Za-z_]/, '_$&')
          .slice(0, 190) || 'layer';
      let id = plain;
      for (let n = 1; taken.has(id); n++) id = `${plain}_${n}`;
      taken.add(id);
      return [name, id];
    }),
  );
}

/** Puts the layer's name in front of what is wrong with it. */
function naming<T>({ name, className }: Entry, path: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    const why =
      error instanceof UnknownClass ? 'is not in the catalogue of layers' : `${what}: ${error.message}`;
    throw refuse(path, `the layer ${name} (${className}) ${why}`, OTHER_LAYERS);
  }
}

function readLayer(entry: Connected, ids: ReadonlyMap<string, string>, reading: Reading): LayerNode {
  const { className, config, name, call } = entry;
  const id = ids.get(name)!;
  const inputs = naming(entry, reading.path, 'cannot be connected', () =>
    call.inputs.map(({ layer }) => {
      const read = ids.get(layer);
      if (read === undefined) throw new Unknown(`it reads ${layer}, which is no layer of the file`);
      return read;
    }),
  );
  return naming(entry, reading.path, 'is not in the catalogue as it is', () => {
    if (className === 'InputLayer')
      return inputNode(id, config.batch_shape ?? config.batch_input_shape, config.dtype);
    const { type, parameters } = layerOf(className, config, reading);
    return { id, type, config: parameters, inputs };
  });
}

/** @throws Unknown where no shape is given */
function inputNode(id: string, batchShape: unknown, dtype: unknown): LayerNode {
  if (!Array.isArray(batchShape)) throw new Unknown('it does not say its shape');
  const kind = /int/.test(String(dtype)) ? 'int32' : 'float32';
  return { id, type: 'Input', config: { shape: batchShape.slice(1) as unknown[], dtype: kind }, inputs: [] };
}

/** The layers of a Sequential; where the file has no InputLayer, the shape the model was built with makes one. */
function withInput(entries: readonly Entry[], config: Config, { path }: Reading): readonly Entry[] {
  const [first] = entries;
  if (first?.className === 'InputLayer') return entries;
  const batch_shape = first?.config.batch_input_shape ?? config.build_input_shape ?? first?.built;
  if (!Array.isArray(batch_shape))
    throw refuse(
      path,
      'it was never built, so that its input has no shape',
      'Call the model once, or give it an Input, and save it again.',
    );
  const name = entries.some((entry) => entry.name === 'input') ? 'input_layer' : 'input';
  const own = { name, batch_shape, dtype: first?.config.dtype };
  return [{ className: 'InputLayer', config: own, name, inbound: [], built: undefined }, ...entries];
}

function oneOutput(
  sequential: boolean,
  { output_layers }: Config,
  entries: readonly Connected[],
  path: string,
): Tensor {
  const last = entries.at(-1);
  const ofLast = last ? outputsOf(last).map((_, output) => ({ layer: last.name, output })) : [];
  const outputs = sequential ? ofLast : modelOutputs(output_layers);
  if (outputs.length === 1) return outputs[0]!;
  throw refuse(path, `it has ${outputs.length} outputs`, 'Save a model with the one output you want.');
}

/** Keras reads ids from an Input of any type; here an Input that feeds an Embedding says so. */
function asIdsWhereEmbedded(nodes: readonly LayerNode[]): LayerNode[] {
  const embedded = new Set(nodes.filter(({ type }) => type === 'Embedding').flatMap(({ inputs }) => inputs));
  return nodes.map((node) =>
    embedded.has(node.id) && node.type === 'Input'
      ? { ...node, config: { ...node.config, dtype: 'int32' } }
      : node,
  );
}

/** @throws UnrollError `model-unreadable` with the first thing that is wrong */
function validated(graph: ModelGraph, path: string): GraphAnalysis {
  const [problem] = analyse(graph).problems;
  if (problem)
    throw refuse(path, `${problem.node ?? 'the model'}: ${problem.message.replace(/\.$/, '')}`, problem.fix);
  return requireValid(graph);
}
