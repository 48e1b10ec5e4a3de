/** Edits of a model graph. Each gives a new graph and leaves the old one as it was, so that undo is keeping both. */
import { UnrollError } from '../errors.ts';
import { findLayer, layerDefinition } from '../layers/index.ts';
import type { LayerNode, ModelGraph } from './graph.ts';

export function emptyGraph(name: string): ModelGraph {
  return { format: 'unroll-model', version: 1, name, nodes: [] };
}

/** Keras's automatic names: `lstm`, then `lstm_1`, `lstm_2`, … */
export function uniqueName(graph: ModelGraph, baseName: string): string {
  return freeName(new Set(graph.nodes.map(({ id }) => id)), baseName);
}

/** The first of `lstm`, `lstm_1`, `lstm_2`, … that is not taken. */
export function freeName(taken: ReadonlySet<string>, baseName: string): string {
  for (let i = 0; ; i++) {
    const name = i === 0 ? baseName : `${baseName}_${i}`;
    if (!taken.has(name)) return name;
  }
}

/** A new layer with the parameters given; the required ones get a usable start. */
export function newNode(graph: ModelGraph, type: string, config: Record<string, unknown> = {}): LayerNode {
  const { baseName, start } = layerDefinition(type);
  return { id: uniqueName(graph, baseName), type, config: { ...start, ...config }, inputs: [] };
}

const withNodes = (graph: ModelGraph, nodes: LayerNode[]): ModelGraph => ({ ...graph, nodes });
const replaceInput = (node: LayerNode, from: string, to: readonly string[]): LayerNode => ({
  ...node,
  inputs: node.inputs.flatMap((id) => (id === from ? to : [id])),
});

const has = (graph: ModelGraph, id: string): boolean => graph.nodes.some((node) => node.id === id);

const readsNothing = ({ type }: LayerNode): boolean => findLayer(type)?.inputs.max === 0;

/**
 * Puts a layer behind `after` (null: first): it reads `after`, and what read `after` reads it. An Input reads nothing and is
 * put there unconnected. A graph without `after` stays as it was.
 */
export function insertAfter(graph: ModelGraph, node: LayerNode, after: string | null): ModelGraph {
  if (after !== null && !has(graph, after)) return graph;
  const at = graph.nodes.findIndex(({ id }) => id === after) + 1;
  const first = after === null ? graph.nodes[0] : undefined;
  const link = (one: LayerNode): LayerNode => {
    if (one === first && one.inputs.length === 0 && !readsNothing(one)) return { ...one, inputs: [node.id] };
    return after === null || readsNothing(node) ? one : replaceInput(one, after, [node.id]);
  };
  const inputs = after === null || readsNothing(node) ? [] : [after];
  return withNodes(graph, graph.nodes.map(link).toSpliced(at, 0, { ...node, inputs }));
}

/** Adds a layer without connecting it. */
export function addNode(graph: ModelGraph, node: LayerNode): ModelGraph {
  return withNodes(graph, [...graph.nodes, { ...node, inputs: [] }]);
}

/** Takes layers out; what read one of them reads what it read, as far as its inputs reach. */
export function removeNodes(graph: ModelGraph, ids: readonly string[]): ModelGraph {
  let { nodes } = graph;
  for (const id of ids) {
    const gone = nodes.find((node) => node.id === id);
    if (gone) nodes = nodes.filter((node) => node !== gone).map((node) => heal(node, gone));
  }
  return withNodes(graph, nodes);
}

function heal(node: LayerNode, gone: LayerNode): LayerNode {
  if (!node.inputs.includes(gone.id)) return node;
  const fresh = gone.inputs.filter((id) => !node.inputs.includes(id));
  const { inputs } = replaceInput(node, gone.id, fresh);
  return { ...node, inputs: inputs.slice(0, findLayer(node.type)?.inputs.max) };
}

/** Moves a layer behind another (null: first), as taking it out and inserting it there. An Input stays where it is. */
export function moveAfter(graph: ModelGraph, id: string, after: string | null): ModelGraph {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node || readsNothing(node) || after === id || (after !== null && !has(graph, after))) return graph;
  return insertAfter(removeNodes(graph, [id]), node, after);
}

/** Sets parameters of one layer, or of several in each those it has; `undefined` takes one back to its default. */
export function configure(
  graph: ModelGraph,
  ids: readonly string[],
  changes: Readonly<Record<string, unknown>>,
): ModelGraph {
  const chosen = new Set(ids);
  const change = (node: LayerNode): LayerNode => {
    const known = findLayer(node.type)?.parameters ?? {};
    const own = Object.entries(changes).filter(([name]) => name in known);
    const config = Object.entries({ ...node.config, ...Object.fromEntries(own) });
    return { ...node, config: Object.fromEntries(config.filter(([, value]) => value !== undefined)) };
  };
  return withNodes(
    graph,
    graph.nodes.map((node) => (chosen.has(node.id) ? change(node) : node)),
  );
}

/** Places layers on the canvas. */
export function placeNodes(
  graph: ModelGraph,
  positions: Readonly<Record<string, NonNullable<LayerNode['position']>>>,
): ModelGraph {
  const place = (node: LayerNode): LayerNode => {
    const position = positions[node.id];
    return position ? { ...node, position } : node;
  };
  return withNodes(graph, graph.nodes.map(place));
}

/** @throws UnrollError `name-taken` when another layer has the name: what reads which would be lost */
export function renameNode(graph: ModelGraph, id: string, name: string): ModelGraph {
  if (name !== id && has(graph, name)) throw new UnrollError('name-taken', { kind: 'layer', name });
  const nodes = graph.nodes.map((node) =>
    replaceInput(node.id === id ? { ...node, id: name } : node, id, [name]),
  );
  return withNodes(graph, nodes);
}

/** A copy behind the original. */
export function duplicateNode(graph: ModelGraph, id: string): ModelGraph {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node) return graph;
  return insertAfter(graph, { ...newNode(graph, node.type), config: structuredClone(node.config) }, id);
}
