/** The order of a model's layers as Keras has it. Its files name weights by it, so that another order would mix them up. */
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';

/**
 * The layers in the order of `model.layers` after Keras 3 has rebuilt the model (keras/src/ops/function.py, `map_graph`):
 * those farthest from the output first, and among equally far ones in the order in which a walk from the output meets them.
 * @param output the node nothing reads
 */
export function kerasOrder(graph: ModelGraph, output: string): LayerNode[] {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const met: string[] = [];
  const finished: string[] = [];
  const walk = (id: string): void => {
    if (met.includes(id)) return;
    met.push(id);
    byId.get(id)!.inputs.forEach(walk);
    finished.push(id);
  };
  walk(output);
  const depths = new Map<string, number>();
  for (const id of finished.toReversed()) {
    const depth = depths.get(id) ?? 0;
    depths.set(id, depth);
    for (const input of byId.get(id)!.inputs) depths.set(input, Math.max(depth + 1, depths.get(input) ?? 0));
  }
  const ordered = met.map((id) => byId.get(id)!);
  // Sorting is stable: equal depths stay in the order met.
  return ordered.sort((a, b) => depths.get(b.id)! - depths.get(a.id)!);
}
