/** Edits by place in the stack, in terms of the graph's own. A place is a gap: 0 above the first layer. */
import { UnrollError } from '../../../shared/errors.ts';
import { insertAfter, moveAfter, newNode, renameNode } from '../../../shared/graph/edit.ts';
import { layerNodeSchema, type ModelGraph } from '../../../shared/graph/graph.ts';

/** The layer above a gap; null above the first. */
const above = (graph: ModelGraph, place: number): string | null =>
  place <= 0 ? null : (graph.nodes[Math.min(place, graph.nodes.length) - 1]?.id ?? null);

export function insertLayer(graph: ModelGraph, type: string, place: number): ModelGraph {
  return insertAfter(graph, newNode(graph, type), above(graph, place));
}

/** Moves a layer into a gap; the gaps right above and below it are where it already stands. */
export function moveLayer(graph: ModelGraph, id: string, place: number): ModelGraph {
  const at = graph.nodes.findIndex((node) => node.id === id);
  return place === at || place === at + 1 ? graph : moveAfter(graph, id, above(graph, place));
}

/** @throws UnrollError `name-taken`, or `input-invalid` for a name Keras does not take */
export function renameLayer(graph: ModelGraph, id: string, name: string): ModelGraph {
  if (graph.nodes.some((node) => node.id === name))
    throw new UnrollError('name-taken', { kind: 'layer', name });
  const parsed = layerNodeSchema.shape.id.safeParse(name);
  if (parsed.success) return renameNode(graph, id, name);
  throw new UnrollError('input-invalid', { what: 'The name', reason: `${parsed.error.issues[0]?.message}.` });
}

/** Connects a layer to what it is to read. */
export function setInputs(graph: ModelGraph, id: string, inputs: readonly string[]): ModelGraph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => (node.id === id ? { ...node, inputs: [...inputs] } : node)),
  };
}
