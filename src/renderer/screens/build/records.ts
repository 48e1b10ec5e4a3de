/** A model as records, so that edits are small diffs: one record a layer, one for the order, one for the rest. */
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import type { Records } from '../../state/history.ts';

const NODE = 'node:';

export function recordsOf(graph: ModelGraph): Records {
  const { nodes, ...rest } = graph;
  return {
    model: rest,
    order: nodes.map(({ id }) => id),
    ...Object.fromEntries(nodes.map((node) => [NODE + node.id, node])),
  };
}

export function graphOf(records: Records): ModelGraph {
  const order = records['order'] as string[];
  const rest = records['model'] as Omit<ModelGraph, 'nodes'>;
  return { ...rest, nodes: order.map((id) => records[NODE + id] as LayerNode) };
}
