/** What follows from the connections alone: the order layers can be computed in, who reads whom, and where the graph ends. */
import type { LayerNode, ModelGraph } from './graph.ts';

type ById = ReadonlyMap<string, LayerNode>;

export const nodesById = (graph: ModelGraph): Map<string, LayerNode> =>
  new Map(graph.nodes.map((node) => [node.id, node]));

/** The layers that read each layer, once each, in the order they are listed. */
export function readersOf(nodes: Iterable<LayerNode>): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const { id, inputs } of nodes) {
    for (const input of new Set(inputs)) {
      const known = readers.get(input);
      if (known) known.push(id);
      else readers.set(input, [id]);
    }
  }
  return readers;
}

/** Every node behind those it reads, else as they are listed; nodes of a circle, and those behind one, are left out. */
export function topologicalOrder(byId: ById): string[] {
  const waiting = new Map<string, number>();
  for (const { id, inputs } of byId.values())
    waiting.set(id, new Set(inputs.filter((input) => byId.has(input))).size);
  const readers = readersOf(byId.values());
  const order = [...byId.keys()].filter((id) => waiting.get(id) === 0);
  // The list grows while it is walked: each layer is appended when all it reads stand before it.
  for (const id of order) {
    for (const reader of readers.get(id) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) order.push(reader);
    }
  }
  return order;
}

/** The layers nothing reads; a model that can be built has exactly one. */
export function endsOf(graph: ModelGraph): LayerNode[] {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return graph.nodes.filter(({ id }) => !read.has(id));
}

/** The layers whose output reaches `id`, directly or through others; `id` itself only when it stands in a circle. */
export function layersBefore(graph: ModelGraph, id: string): Set<string> {
  const byId = nodesById(graph);
  return reached(id, (one) => byId.get(one)?.inputs);
}

/** The layers that the output of `id` reaches, directly or through others; `id` itself only when it stands in a circle. */
export function layersBehind(graph: ModelGraph, id: string): Set<string> {
  const readers = readersOf(graph.nodes);
  return reached(id, (one) => readers.get(one));
}

function reached(from: string, next: (id: string) => readonly string[] | undefined): Set<string> {
  const found = new Set<string>();
  const open = [...(next(from) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(next(id) ?? []));
  }
  return found;
}

/**
 * The same model with its layers listed in the order they are computed, so that a file reads from top to bottom; layers of
 * a circle come last. The graph itself when it is so already.
 */
export function inOrder(graph: ModelGraph): ModelGraph {
  const byId = nodesById(graph);
  const order = topologicalOrder(byId);
  const ordered = new Set(order);
  const ids = [...order, ...graph.nodes.map(({ id }) => id).filter((id) => !ordered.has(id))];
  if (ids.length !== graph.nodes.length || ids.every((id, i) => id === graph.nodes[i]!.id)) return graph;
  return { ...graph, nodes: ids.map((id) => byId.get(id)!) };
}
