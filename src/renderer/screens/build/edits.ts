/** Edits of the canvas in terms of the graph's own: inserting by key, moving within a chain, reading another layer. */
import { UnrollError } from '../../../shared/errors.ts';
import { insertAfter, moveAfter, renameNode } from '../../../shared/graph/edit.ts';
import { layerNodeSchema, type LayerNode, type ModelGraph } from '../../../shared/graph/graph.ts';
import { endsOf, layersBehind, readersOf } from '../../../shared/graph/order.ts';
import { findLayer } from '../../../shared/layers/index.ts';

const find = (graph: ModelGraph, id: string): LayerNode | undefined =>
  graph.nodes.find((node) => node.id === id);

const readsNothing = ({ type }: LayerNode): boolean => findLayer(type)?.inputs.max === 0;

/** Puts a layer behind another, or at the model's end. One that reads nothing, an Input, comes first. */
export function appendLayer(graph: ModelGraph, node: LayerNode, after: string | null): ModelGraph {
  if (readsNothing(node)) {
    const free = graph.nodes[0]?.inputs.length === 0 && !readsNothing(graph.nodes[0]);
    return free ? insertAfter(graph, node, null) : { ...graph, nodes: [...graph.nodes, node] };
  }
  return insertAfter(graph, node, after ?? endsOf(graph).at(-1)?.id ?? null);
}

/** Puts a layer in front of another: it reads what that one read first. */
export function insertBefore(graph: ModelGraph, node: LayerNode, before: string): ModelGraph {
  const target = find(graph, before);
  if (!target || readsNothing(target) || readsNothing(node)) return appendLayer(graph, node, before);
  const at = graph.nodes.indexOf(target);
  const [read] = target.inputs;
  const linked = { ...target, inputs: [node.id, ...target.inputs.slice(1)] };
  const added = { ...node, inputs: read === undefined ? [] : [read] };
  return { ...graph, nodes: graph.nodes.toSpliced(at, 1, added, linked) };
}

/** Exchanges a layer with the one it reads (-1) or the one that reads it (1). The graph itself where there is none. */
export function moveInChain(graph: ModelGraph, id: string, by: -1 | 1): ModelGraph {
  const node = find(graph, id);
  const next = by === 1 ? readersOf(graph.nodes).get(id)?.[0] : node?.inputs[0];
  const beyond = next === undefined ? undefined : find(graph, next);
  if (!node || !beyond || readsNothing(node) || readsNothing(beyond)) return graph;
  return by === 1 ? moveAfter(graph, id, beyond.id) : moveAfter(graph, beyond.id, id);
}

/** @throws UnrollError `name-taken`, or `input-invalid` for a name Keras does not take */
export function renameLayer(graph: ModelGraph, id: string, name: string): ModelGraph {
  if (graph.nodes.some((node) => node.id === name))
    throw new UnrollError('name-taken', { kind: 'layer', name });
  const { error } = layerNodeSchema.shape.id.safeParse(name);
  const reason = error?.issues[0]?.message ?? (name.includes('/') ? 'Keras takes no / in names' : null);
  if (reason === null) return renameNode(graph, id, name);
  throw new UnrollError('input-invalid', { what: 'The name', reason: `${reason}.` });
}

const withInputs = (graph: ModelGraph, id: string, inputs: string[]): ModelGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => (node.id === id ? { ...node, inputs } : node)),
});

/** The layers one input of a layer could read: all that would not close a circle or be read twice. */
export function readable(graph: ModelGraph, id: string, slot: number): string[] {
  const node = find(graph, id);
  if (!node) return [];
  const others = node.inputs.toSpliced(slot, 1);
  if (others.length >= (findLayer(node.type)?.inputs.max ?? 0)) return [];
  const excluded = new Set([id, ...others, ...layersBehind(graph, id)]);
  return graph.nodes.map((one) => one.id).filter((from) => !excluded.has(from));
}

/** Lets one input of a layer read another layer, or be a new input where `slot` is one behind the last. */
export function readInstead(graph: ModelGraph, id: string, slot: number, from: string): ModelGraph {
  const node = find(graph, id);
  if (!node || !readable(graph, id, slot).includes(from)) return graph;
  return withInputs(graph, id, node.inputs.toSpliced(slot, 1, from));
}
