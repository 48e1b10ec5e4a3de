/** Everything to say about a model that is being edited, for the data it is meant for. */
import type { Dataset } from '../data/dataset.ts';
import type { LossName, Preprocessing } from '../training.ts';
import { analyse, type GraphAnalysis } from './analyse.ts';
import { fitProblems } from './data-fit.ts';
import type { LayerNode, ModelGraph } from './graph.ts';
import { layersBefore, nodesById } from './order.ts';
import type { Problem, Repair } from './problem.ts';
import { setting } from './repairs.ts';

/** What a model is meant to be trained on, and how. */
export interface Purpose {
  dataset: Dataset;
  preprocessing: Preprocessing;
  loss: LossName;
}

/** What is wrong with the model itself; where nothing is, with it for its data; then what is likely not meant. */
export function findProblems(
  graph: ModelGraph,
  purpose: Purpose | null = null,
  analysis: GraphAnalysis = analyse(graph),
): Problem[] {
  const misfits =
    purpose && analysis.problems.length === 0
      ? fitProblems(graph, purpose.dataset, purpose.preprocessing, purpose.loss)
      : [];
  return [...analysis.problems, ...misfits, ...maskWarnings(graph, analysis)];
}

/** Layers that receive a mask and do not honour it: to them, padding is data like any other. */
function maskWarnings(graph: ModelGraph, { order, nodes }: GraphAnalysis): Problem[] {
  const byId = nodesById(graph);
  return order.flatMap((id) => {
    const { inputs, type } = byId.get(id)!;
    const analysis = nodes.get(id);
    const receives = inputs.some((input) => nodes.get(input)?.masked);
    if (!analysis?.shape || !receives || analysis.definition.mask(analysis.config) !== 'drop') return [];
    const makers = [...layersBefore(graph, id)].filter((maker) => byId.get(maker)?.config.mask_zero === true);
    const message = `${type} ignores the mask that ${makers.join(' and ')} makes: it reads the padding too.`;
    const fix = `Turn mask_zero off in ${makers.join(' and ')}, or use layers that honour a mask.`;
    const repairs = [...averaging(id, type), ...makers.map(unmasking)];
    return [{ node: id, message, fix, repairs, warning: true as const }];
  });
}

const unmasking = (id: string): Repair => ({
  ...setting(id, { mask_zero: undefined }),
  label: `Turn mask_zero off in ${id}`,
});

/** The mean over the steps honours a mask, the maximum does not. */
function averaging(id: string, type: string): Repair[] {
  if (type !== 'GlobalMaxPooling1D') return [];
  const replace = (node: LayerNode): LayerNode =>
    node.id === id ? { ...node, type: 'GlobalAveragePooling1D', config: {} } : node;
  const change = (graph: ModelGraph): ModelGraph => ({ ...graph, nodes: graph.nodes.map(replace) });
  return [{ label: `Make ${id} a GlobalAveragePooling1D`, change }];
}
