/**
 * A model's configuration as Keras writes it (Sequential or Functional; Keras 3, Keras 2 and tfjs) as a model graph. All of it
 * is understood or nothing is taken.
 */
import { analyse, requireValid } from '../../../shared/graph/analyse.ts';
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { layerOf } from './keras-layer.ts';
import { isObject, Unknown, type Config, type Dialect } from './keras-parameters.ts';
import { refuse } from './model-importer.ts';
import { inboundCall } from './keras-connections.ts';
import { OTHER_LAYERS, type Entry } from './keras-entry.ts';
import { refuseOtherMasks, withoutMasks } from './keras-masks.ts';

export interface KerasModel {
  graph: ModelGraph;
  analysis: GraphAnalysis;
  /** The layers in the file's order, without Inputs: what they are called and what class they are of in the file. */
  layers: { id: string; fileName: string; className: string }[];
  notes: string[];
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
  const { entries, masks } = withoutMasks(written);
  const ids = freeIds(entries.map((entry) => entry.name));
  const nodes = entries.map((entry) => readLayer(entry, ids.get(entry.name)!, reading));
  if (className === 'Sequential') connectChain(nodes, entries, config, reading);
  else connectLayers(nodes, entries, ids, reading);
  wantOneOutput(config, className, path);
  const graph: ModelGraph = { format: 'unroll-model', version: 1, name, nodes: asIdsWhereEmbedded(nodes) };
  const analysis = validated(graph, path);
  refuseOtherMasks({ entries, masks, ids, graph, analysis, path });
  const layers = entries
    .filter((entry) => entry.className !== 'InputLayer')
    .map((entry) => ({ id: ids.get(entry.name)!, fileName: entry.name, className: entry.className }));
  return { graph, analysis, layers, notes: reading.notes };
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

function readLayer({ className, config, name }: Entry, id: string, reading: Reading): LayerNode {
  try {
    if (className === 'InputLayer')
      return inputNode(id, config.batch_shape ?? config.batch_input_shape, config.dtype);
    const { type, parameters } = layerOf(className, config, reading);
    return { id, type, config: parameters, inputs: [] };
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    throw refuse(
      reading.path,
      `the layer ${name} (${className}) is not in the catalogue as it is: ${error.message}`,
      OTHER_LAYERS,
    );
  }
}

/** @throws Unknown where no shape is given */
function inputNode(id: string, batchShape: unknown, dtype: unknown): LayerNode {
  if (!Array.isArray(batchShape)) throw new Unknown('it does not say its shape');
  const kind = /int/.test(String(dtype)) ? 'int32' : 'float32';
  return { id, type: 'Input', config: { shape: batchShape.slice(1) as unknown[], dtype: kind }, inputs: [] };
}

/** Every layer reads the one before it; where the file has no InputLayer, the shape the model was built with makes one. */
function connectChain(
  nodes: LayerNode[],
  entries: readonly Entry[],
  config: Config,
  { path }: Reading,
): void {
  if (nodes[0]?.type !== 'Input') {
    const first = entries[0];
    const shape = first?.config.batch_input_shape ?? config.build_input_shape ?? first?.built;
    if (!Array.isArray(shape))
      throw refuse(
        path,
        'it was never built, so that its input has no shape',
        'Call the model once, or give it an Input, and save it again.',
      );
    const id = nodes.some((node) => node.id === 'input') ? 'input_layer' : 'input';
    nodes.unshift(inputNode(id, shape, first?.config.dtype));
  }
  nodes.forEach((node, i) => {
    if (i > 0) node.inputs = [nodes[i - 1]!.id];
  });
}

function connectLayers(
  nodes: readonly LayerNode[],
  entries: readonly Entry[],
  ids: ReadonlyMap<string, string>,
  { path }: Reading,
): void {
  entries.forEach(({ name, inbound, className }, i) => {
    const node = nodes[i]!;
    try {
      node.inputs = inboundCall(inbound).inputs.map((read) => {
        const id = ids.get(read);
        if (id === undefined) throw new Unknown(`it reads ${read}, which is not in the file`);
        return id;
      });
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      throw refuse(
        path,
        `the layer ${name} (${className}) cannot be connected: ${error.message}`,
        OTHER_LAYERS,
      );
    }
  });
}

function wantOneOutput({ output_layers }: Config, className: string, path: string): void {
  if (className === 'Sequential') return;
  const list = Array.isArray(output_layers) ? (output_layers as unknown[]) : [];
  const outputs = typeof list[0] === 'string' ? 1 : list.length;
  if (outputs !== 1)
    throw refuse(path, `it has ${outputs} outputs`, 'Save a model with the one output you want.');
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
