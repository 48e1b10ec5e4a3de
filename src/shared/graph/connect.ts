/** Connections between layers: what they are, whether one may be made and why not, and the edits of them. */
import { findLayer } from '../layers/index.ts';
import type { LayerNode, ModelGraph } from './graph.ts';
import { endsOf, layersBefore } from './order.ts';

/** The `slot`-th input (from 0) of the layer `to` reads the layer `from`. */
export interface Connection {
  from: string;
  to: string;
  slot: number;
}

export function connectionsOf(graph: ModelGraph): Connection[] {
  return graph.nodes.flatMap(({ id, inputs }) => inputs.map((from, slot) => ({ from, to: id, slot })));
}

const find = (graph: ModelGraph, id: string): LayerNode | undefined =>
  graph.nodes.find((node) => node.id === id);

function withInputs(graph: ModelGraph, id: string, change: (inputs: string[]) => string[]): ModelGraph {
  const nodes = graph.nodes.map((node) => (node.id === id ? { ...node, inputs: change(node.inputs) } : node));
  return { ...graph, nodes };
}

const exists = (graph: ModelGraph, { from, to, slot }: Connection): boolean =>
  find(graph, to)?.inputs[slot] === from;

/**
 * Why `to` cannot read `from`, in a sentence; null when it can.
 * @param moving the connection that is being moved and would be gone
 */
export function connectionRefusal(
  graph: ModelGraph,
  from: string,
  to: string,
  moving: Connection | null = null,
): string | null {
  const rest = moving === null ? graph : disconnect(graph, moving);
  const [source, target] = [find(rest, from), find(rest, to)];
  if (!source || !target) return 'One of the two layers is no longer in the model.';
  if (from === to) return `${to} cannot read its own output.`;
  if (findLayer(target.type)?.inputs.max === 0)
    return `${to} is an Input: it reads the data, not another layer.`;
  if (layersBefore(rest, from).has(to)) return `${from} already depends on ${to}: this would close a circle.`;
  return portRefusal(target, from) ?? secondOutputRefusal(graph, rest, from, moving);
}

function portRefusal({ id, type, inputs }: LayerNode, from: string): string | null {
  const max = findLayer(type)?.inputs.max ?? inputs.length;
  if (inputs.includes(from)) return `${id} already reads ${from}.`;
  if (inputs.length < max) return null;
  return max === 1
    ? `${id} already reads ${inputs[0]}; ${type} takes one input.`
    : `${id} already reads ${max} layers, as many as ${type} takes.`;
}

/** A connection moved to another source must not leave the old one with nobody to read it. */
function secondOutputRefusal(
  graph: ModelGraph,
  rest: ModelGraph,
  from: string,
  moving: Connection | null,
): string | null {
  if (moving === null || moving.from === from) return null;
  const ends = endsOf(rest).filter(({ id }) => id !== from);
  const left = ends.some(({ id }) => id === moving.from) && ends.length > Math.max(1, endsOf(graph).length);
  return left ? `Nothing would read ${moving.from} any more, and a model has one output.` : null;
}

/** Why a new layer of a type cannot stand in the middle of a connection; null when it can. */
export function insertionRefusal(type: string): string | null {
  return findLayer(type)?.inputs.max === 0
    ? 'An Input reads the data: it cannot stand between two layers.'
    : null;
}

/** `to` reads `from` as its last input. The graph itself where that is refused. */
export function connect(graph: ModelGraph, from: string, to: string): ModelGraph {
  if (connectionRefusal(graph, from, to) !== null) return graph;
  return withInputs(graph, to, (inputs) => [...inputs, from]);
}

/** Takes one connection away. */
export function disconnect(graph: ModelGraph, connection: Connection): ModelGraph {
  if (!exists(graph, connection)) return graph;
  return withInputs(graph, connection.to, (inputs) => inputs.toSpliced(connection.slot, 1));
}

/**
 * Moves one end of a connection, or both. A new source takes the old one's place among the inputs; at a new target it comes
 * last. The graph itself where that is refused.
 */
export function reconnect(graph: ModelGraph, connection: Connection, from: string, to: string): ModelGraph {
  if (!exists(graph, connection) || (connection.from === from && connection.to === to)) return graph;
  if (connectionRefusal(graph, from, to, connection) !== null) return graph;
  if (connection.to === to) return withInputs(graph, to, (inputs) => inputs.with(connection.slot, from));
  return withInputs(disconnect(graph, connection), to, (inputs) => [...inputs, from]);
}

/** Puts a new layer, with no inputs yet, in the middle of a connection. The graph itself where that is refused. */
export function insertOnConnection(graph: ModelGraph, node: LayerNode, connection: Connection): ModelGraph {
  if (!exists(graph, connection) || insertionRefusal(node.type) !== null) return graph;
  const linked = withInputs(graph, connection.to, (inputs) => inputs.with(connection.slot, node.id));
  const at = linked.nodes.findIndex(({ id }) => id === connection.to);
  return { ...graph, nodes: linked.nodes.toSpliced(at, 0, { ...node, inputs: [connection.from] }) };
}
