/**
 * What an edit did to a model, as data that can be read in both directions: undo is the inverse, and the journal of edits
 * is a list of these. Layers that were not touched do not occur.
 */
import { z } from 'zod';
import { layerNodeSchema, type LayerNode, type ModelGraph } from './graph.ts';

const placedSchema = z.object({ at: z.number().int().min(0), node: layerNodeSchema });

export const graphDiffSchema = z.object({
  /** New layers, each with its place in the list afterwards, ascending. */
  added: z.array(placedSchema),
  /** Layers that changed, by id: before and after. */
  updated: z.record(z.string(), z.tuple([layerNodeSchema, layerNodeSchema])),
  /** Layers that went, each with its place in the list before, ascending. */
  removed: z.array(placedSchema),
  /** All ids as they were and are listed, where layers that stayed changed places; else null. */
  order: z.tuple([z.array(z.string()), z.array(z.string())]).nullable(),
  /** The model's name before and after, where it changed; else null. */
  name: z.tuple([z.string(), z.string()]).nullable(),
});
export type GraphDiff = z.infer<typeof graphDiffSchema>;

type Ids = readonly string[];

/** Equal as values: nodes are plain JSON whose keys keep their order through every edit. */
const same = (left: LayerNode, right: LayerNode): boolean =>
  left === right || JSON.stringify(left) === JSON.stringify(right);

/** The diff that turns `before` into `after`. Ids are unique in both. */
export function diffGraphs(before: ModelGraph, after: ModelGraph): GraphDiff {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const kept = new Set<string>();
  const updated: GraphDiff['updated'] = {};
  const added: GraphDiff['added'] = [];
  after.nodes.forEach((node, at) => {
    const was = old.get(node.id);
    if (was === undefined) return void added.push({ at, node });
    kept.add(node.id);
    if (!same(was, node)) updated[node.id] = [was, node];
  });
  const removed = before.nodes.flatMap((node, at) => (kept.has(node.id) ? [] : [{ at, node }]));
  const name: GraphDiff['name'] = before.name === after.name ? null : [before.name, after.name];
  return { added, updated, removed, order: changedOrder(before, after, kept), name };
}

function changedOrder(before: ModelGraph, after: ModelGraph, kept: ReadonlySet<string>): GraphDiff['order'] {
  const ids = (graph: ModelGraph): string[] => graph.nodes.map(({ id }) => id);
  const stayed = (list: Ids): Ids => list.filter((id) => kept.has(id));
  const [from, to] = [ids(before), ids(after)];
  const [keptFrom, keptTo] = [stayed(from), stayed(to)];
  return keptFrom.every((id, i) => id === keptTo[i]) ? null : [from, to];
}

export function isEmptyDiff({ added, updated, removed, order, name }: GraphDiff): boolean {
  const changes = added.length + removed.length + Object.keys(updated).length;
  return changes === 0 && order === null && name === null;
}

/** The graph after the diff. Layers the diff does not touch are the very same objects. */
export function applyDiff(diff: GraphDiff, graph: ModelGraph): ModelGraph {
  const gone = new Set(diff.removed.map(({ node }) => node.id));
  const nodes = graph.nodes
    .filter(({ id }) => !gone.has(id))
    .map((node) => diff.updated[node.id]?.[1] ?? node);
  if (diff.order) {
    const byId = new Map([...nodes, ...diff.added.map(({ node }) => node)].map((node) => [node.id, node]));
    nodes.splice(0, nodes.length, ...diff.order[1].flatMap((id) => byId.get(id) ?? []));
  } else for (const { at, node } of diff.added) nodes.splice(at, 0, node);
  return { ...graph, name: diff.name?.[1] ?? graph.name, nodes };
}

/** The diff that takes `diff` back. */
export function invertDiff({ added, updated, removed, order, name }: GraphDiff): GraphDiff {
  return {
    added: removed,
    updated: Object.fromEntries(Object.entries(updated).map(([id, [from, to]]) => [id, [to, from]])),
    removed: added,
    order: order && [order[1], order[0]],
    name: name && [name[1], name[0]],
  };
}
