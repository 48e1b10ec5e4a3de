/** What can be wrong with the connections of a model, whatever its layers are. */
import { findLayer } from '../layers/index.ts';
import type { LayerNode, ModelGraph, Shape } from './graph.ts';
import { endsOf, layersBefore } from './order.ts';
import type { Problem } from './problem.ts';
import { addingInput, beginning, branchRepairs } from './repairs.ts';
import { disconnect } from './connect.ts';

type ById = ReadonlyMap<string, LayerNode>;

/** Layers that are missing, named twice, or read what is not there. */
export function structuralProblems(graph: ModelGraph, byId: ById): Problem[] {
  const twice = graph.nodes.find((node) => byId.get(node.id) !== node);
  const duplicate: Problem[] = twice
    ? [
        {
          node: twice.id,
          message: `Two layers are named ${twice.id}.`,
          fix: 'Rename one of them.',
          repairs: [],
        },
      ]
    : [];
  return [
    ...inputProblems(graph),
    ...duplicate,
    ...graph.nodes.flatMap((node) => missingProblem(node, byId)),
  ];
}

function inputProblems(graph: ModelGraph): Problem[] {
  if (graph.nodes.length === 0) {
    const fix = 'Add an Input, an Embedding, a recurrent layer and a Dense layer.';
    return [{ node: null, message: 'The model has no layers.', fix, repairs: [beginning] }];
  }
  if (graph.nodes.some(({ type }) => type === 'Input')) return [];
  const fix = 'Add an Input as its first layer.';
  return [{ node: null, message: 'The model has no Input.', fix, repairs: addingInput(graph) }];
}

function missingProblem({ id, inputs }: LayerNode, byId: ById): Problem[] {
  const slot = inputs.findIndex((input) => !byId.has(input));
  const from = inputs[slot];
  if (from === undefined) return [];
  const message = `It reads ${from}, which is not in the model.`;
  const label = `Remove the connection to ${from}`;
  const change = (graph: ModelGraph): ModelGraph => disconnect(graph, { from, to: id, slot });
  return [{ node: id, message, fix: 'Connect it to a layer of the model.', repairs: [{ label, change }] }];
}

/** A circle, blamed on the first layer that stands in one or behind one. */
export function circleProblems(graph: ModelGraph, inOrder: ReadonlySet<string>): Problem[] {
  const circular = graph.nodes.find(({ id }) => !inOrder.has(id));
  if (!circular) return [];
  const message = `${circular.id} reads its own output through other layers.`;
  return [{ node: circular.id, message, fix: 'Remove one connection of the circle.', repairs: [] }];
}

/**
 * Branches that nothing reads. The output of the model is the end that most layers lead to. A layer that reads nothing
 * either is not blamed twice.
 * @param shapeOf the output of a layer, where it is known
 */
export function branchProblems(graph: ModelGraph, shapeOf: (id: string) => Shape | null): Problem[] {
  const ends = endsOf(graph);
  if (ends.length < 2) return [];
  const layers = new Map(ends.map((end) => [end, layersBefore(graph, end.id).size]));
  const output = ends.reduce((longest, end) => (layers.get(end)! > layers.get(longest)! ? end : longest));
  const branches = ends.filter(
    (end) => end !== output && (end.inputs.length > 0 || findLayer(end.type)?.inputs.max === 0),
  );
  return branches.map(({ id }) => {
    const repairs = branchRepairs(graph, id, output, joins(shapeOf(id), shapeOf(output.inputs[0] ?? '')));
    const message = 'Nothing reads its output, and the model already has one output.';
    return { node: id, message, fix: 'Connect it, or remove it.', repairs };
  });
}

/** Whether Concatenate takes both: they differ in their features at most. */
function joins(left: Shape | null, right: Shape | null): boolean {
  if (!left || left.length !== right?.length) return false;
  return left.slice(0, -1).every((size, i) => size === right[i]);
}
