/** One-click repairs of what can be wrong with a model. None is tried out here; each is an edit the user may take back. */
import { showShape } from '../layers/shapes.ts';
import { findLayer } from '../layers/index.ts';
import type { ShapeProblem } from '../layers/layer.ts';
import { connect, disconnect, insertOnConnection } from './connect.ts';
import { configure, insertAfter, newNode, removeNodes } from './edit.ts';
import type { LayerNode, ModelGraph, Shape } from './graph.ts';
import { endsOf, layersBefore, nodesById, readersOf } from './order.ts';
import type { Repair } from './problem.ts';

type ById = ReadonlyMap<string, LayerNode>;

const shown = (value: unknown): string =>
  Array.isArray(value)
    ? showShape(value as Shape)
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** `Set units to 3 and activation to softmax in dense`; what is undefined goes back to its default. */
export function setting(id: string, changes: Readonly<Record<string, unknown>>): Repair {
  const words = Object.entries(changes).map(([name, value]) =>
    value === undefined ? `${name} back to its default` : `${name} to ${shown(value)}`,
  );
  return {
    label: `Set ${words.join(' and ')} in ${id}`,
    change: (graph) => configure(graph, [id], changes),
  };
}

export const removing = (id: string): Repair => ({
  label: `Remove ${id}`,
  change: (graph) => removeNodes(graph, [id]),
});

/** Turns a setting of a recurrent layer, or of the one a Bidirectional wraps, on or off. */
function turning(id: string, name: 'return_sequences' | 'go_backwards', on: boolean): Repair {
  const turn = (node: LayerNode): LayerNode => {
    if (!node.config.layer) return { ...node, config: { ...node.config, [name]: on } };
    const wrapped = Object.entries(node.config)
      .filter(([key, value]) => /layer$/.test(key) && value !== null)
      .map(([key, layer]) => {
        const { config, ...rest } = layer as { config: Record<string, unknown> };
        return [key, { ...rest, config: { ...config, [name]: on } }] as const;
      });
    return { ...node, config: { ...node.config, ...Object.fromEntries(wrapped) } };
  };
  return {
    label: `Turn ${on ? 'on' : 'off'} ${name} in ${id}`,
    change: (graph) => ({ ...graph, nodes: graph.nodes.map((node) => (node.id === id ? turn(node) : node)) }),
  };
}

/** The layer whose output `id` hands on, past layers that change values only. */
export function shapedBy(byId: ById, id: string | undefined): LayerNode | undefined {
  let node = byId.get(id ?? '');
  while (node && ['dense', 'regularise'].includes(findLayer(node.type)?.family ?? ''))
    node = byId.get(node.inputs[0] ?? '');
  return node;
}

/** What mends a layer that reads a whole sequence and does not get one. */
export function sequenceRepairs(byId: ById, node: LayerNode): Repair[] {
  const source = shapedBy(byId, node.inputs[0]);
  const family = findLayer(source?.type ?? '')?.family;
  if (!source || !family) return [];
  if (family === 'recurrent') return [turning(source.id, 'return_sequences', true)];
  if (family === 'shape') return [removing(source.id)];
  if (source.type === 'Input' && node.inputs[0] === source.id) return inputRepairs(source, node.id);
  return [];
}

/** An Input of ids needs an Embedding behind it; one of values needs their number a step. */
function inputRepairs(input: LayerNode, reader: string): Repair[] {
  const { shape } = input.config as { shape?: unknown[] };
  const embed: Repair = {
    label: 'Put an Embedding in between',
    change: (graph) =>
      insertOnConnection(graph, newNode(graph, 'Embedding'), { from: input.id, to: reader, slot: 0 }),
  };
  const values = setting(input.id, { shape: [shape?.[0] ?? null, 1], dtype: 'float32' });
  return input.config.dtype === 'int32' ? [embed, values] : [values, embed];
}

/** What the layer itself can change, and for merges what its branches can. */
export function shapeRepairs(
  byId: ById,
  node: LayerNode,
  problem: ShapeProblem,
  shapes: readonly Shape[],
): Repair[] {
  if (problem.needs === 'sequence') return sequenceRepairs(byId, node);
  if (problem.needs === 'ids') return [removing(node.id)];
  if (problem.needs === 'forwards') return [turning(node.id, 'go_backwards', false)];
  if (problem.settings) return [setting(node.id, problem.settings)];
  return findLayer(node.type)?.family === 'merge' ? mergeRepairs(byId, node, shapes) : [];
}

/** Branches that differ are pooled to one value a feature where others have no steps, or given as many units as the first. */
function mergeRepairs(byId: ById, node: LayerNode, shapes: readonly Shape[]): Repair[] {
  const sequences = node.inputs.filter((_, i) => shapes[i]?.length === 3);
  if (sequences.length > 0 && sequences.length < node.inputs.length) return [pooling(node, sequences)];
  const units = shapes[0]?.at(-1);
  const others = node.inputs
    .filter((_, i) => shapes[i]?.at(-1) !== units)
    .flatMap((id) => byId.get(id) ?? []);
  if (units == null || others.length === 0 || others.some(({ config }) => typeof config.units !== 'number'))
    return [];
  const ids = others.map(({ id }) => id);
  const label = `Set units to ${units} in ${ids.join(' and ')}`;
  return [{ label, change: (graph) => configure(graph, ids, { units }) }];
}

function pooling(node: LayerNode, ids: readonly string[]): Repair {
  return {
    label: `Pool ${ids.join(' and ')} over the steps`,
    change: (graph) =>
      ids.reduce((pooled, from) => {
        const slot = node.inputs.indexOf(from);
        return insertOnConnection(pooled, newNode(pooled, 'GlobalMaxPooling1D'), { from, to: node.id, slot });
      }, graph),
  };
}

/** Behind the end of the model, where that makes no circle. */
export function connecting(graph: ModelGraph, id: string): Repair[] {
  const end = endsOf(graph).find((one) => one.id !== id && !layersBefore(graph, one.id).has(id));
  if (!end) return [];
  return [{ label: `Connect it behind ${end.id}`, change: (edited) => connect(edited, end.id, id) }];
}

/** Takes the connections away that are more than a layer takes. */
export function unplugging(id: string, max: number): Repair {
  const change = (graph: ModelGraph): ModelGraph => {
    const inputs = graph.nodes.find((node) => node.id === id)?.inputs ?? [];
    const surplus = inputs.map((from, slot) => ({ from, to: id, slot })).slice(max);
    return surplus.toReversed().reduce(disconnect, graph);
  };
  return { label: max === 0 ? 'Remove its connections' : 'Keep only its first connection', change };
}

/** A branch nothing reads: joined to what the output reads, or taken away with the layers that only lead to it. */
export function branchRepairs(graph: ModelGraph, id: string, output: LayerNode, join: boolean): Repair[] {
  const branch = onlyLeadingTo(graph, id);
  const more = branch.length - 1;
  const label = `Remove ${id}${more > 0 ? ` and ${more === 1 ? 'the layer' : `the ${more} layers`} that only lead${more === 1 ? 's' : ''} to it` : ''}`;
  const remove: Repair = { label, change: (edited) => removeNodes(edited, branch) };
  const [from] = output.inputs;
  if (!join || from === undefined) return [remove];
  const change = (edited: ModelGraph): ModelGraph => {
    const node = newNode(edited, 'Concatenate');
    return connect(insertOnConnection(edited, node, { from, to: output.id, slot: 0 }), id, node.id);
  };
  return [{ label: `Join it with ${from} by Concatenate`, change }, remove];
}

/** The layer and all before it that nothing else reads. */
function onlyLeadingTo(graph: ModelGraph, id: string): string[] {
  const byId = nodesById(graph);
  const readers = readersOf(graph.nodes);
  const found = new Set([id]);
  for (const one of found)
    for (const input of byId.get(one)?.inputs ?? [])
      if ((readers.get(input) ?? []).every((reader) => found.has(reader))) found.add(input);
  return [...found];
}

/** The plainest model that can be trained on texts. */
export const beginning: Repair = {
  label: 'Begin with Input, Embedding, LSTM and Dense',
  change: (graph) =>
    ['Input', 'Embedding', 'LSTM', 'Dense'].reduce(
      (begun, type) => insertAfter(begun, newNode(begun, type), begun.nodes.at(-1)?.id ?? null),
      graph,
    ),
};

/** An Input in front of the first layer that reads nothing. */
export function addingInput(graph: ModelGraph): Repair[] {
  const first = graph.nodes.find(({ inputs }) => inputs.length === 0);
  if (!first) return [];
  const values = { shape: [100, 1], dtype: 'float32' };
  const change = (edited: ModelGraph): ModelGraph => {
    const input = newNode(edited, 'Input', first.type === 'Embedding' ? {} : values);
    return connect({ ...edited, nodes: [input, ...edited.nodes] }, input.id, first.id);
  };
  return [{ label: `Add an Input in front of ${first.id}`, change }];
}

/** Gives the model the output a task needs: the last Dense is set, anything else gets one behind it. */
export function outputRepairs(output: LayerNode, units: number, activation: string): Repair[] {
  if (output.type === 'Dense') {
    const wanted = Object.entries({ units, activation });
    const changes = wanted.filter(([name, value]) => (output.config[name] ?? 'linear') !== value);
    return [setting(output.id, Object.fromEntries(changes))];
  }
  const label = `Add Dense(${units}, activation "${activation}") behind ${output.id}`;
  const change = (graph: ModelGraph): ModelGraph =>
    insertAfter(graph, newNode(graph, 'Dense', { units, activation }), output.id);
  return [{ label, change }];
}

/** Makes one value of every step's: the last recurrent layer hands on only its end, or the steps are pooled. */
export function lastStepRepairs(byId: ById, output: LayerNode): Repair[] {
  const source = shapedBy(byId, output.id);
  if (!source) return [];
  const recurrent = findLayer(source.type)?.family === 'recurrent';
  const pool = (graph: ModelGraph): ModelGraph =>
    insertAfter(graph, newNode(graph, 'GlobalMaxPooling1D'), source.id);
  const pooled: Repair = { label: `Pool ${source.id} over the steps`, change: pool };
  return recurrent ? [turning(source.id, 'return_sequences', false), pooled] : [pooled];
}
