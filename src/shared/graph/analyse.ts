/** What follows from a model graph: order, shapes, weights, counts, and everything that is wrong with it. Pure; never throws. */
import { UnrollError } from '../errors.ts';
import { findLayer } from '../layers/index.ts';
import type { LayerDefinition, WeightSpec } from '../layers/layer.ts';
import type { LayerNode, ModelGraph, Shape } from './graph.ts';

export interface NodeAnalysis {
  definition: LayerDefinition;
  /** All parameters, defaults filled in. */
  config: Record<string, unknown>;
  inputShapes: readonly Shape[];
  /** Null when something before or in this node is wrong. */
  shape: Shape | null;
  weights: readonly WeightSpec[];
  parameters: number;
  multiplyAdds: number;
  /** Whether a mask arrives here. */
  masked: boolean;
}

export interface Problem {
  /** The node that has it; null: the graph as a whole. */
  node: string | null;
  message: string;
  fix: string;
}

export interface GraphAnalysis {
  /** Node ids, every one behind those it reads. Without the nodes of a cycle. */
  order: string[];
  /** Every node whose type and parameters are understood. */
  nodes: Map<string, NodeAnalysis>;
  problems: Problem[];
  /** The node nothing reads, when there is exactly one. */
  output: string | null;
  parameters: number;
}

export function analyse(graph: ModelGraph): GraphAnalysis {
  const problems: Problem[] = [];
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  problems.push(...structuralProblems(graph, byId));
  const order = topologicalOrder(graph, byId);
  const inOrder = new Set(order);
  const circular = graph.nodes.find(({ id }) => !inOrder.has(id));
  if (circular) {
    problems.push({
      node: circular.id,
      message: `${circular.id} reads its own output through other layers.`,
      fix: 'Remove one connection of the circle.',
    });
  }
  const nodes = new Map<string, NodeAnalysis>();
  for (const id of order) {
    const node = byId.get(id)!;
    const definition = findLayer(node.type);
    if (!definition)
      problems.push({
        node: id,
        message: `There is no layer of type ${node.type}.`,
        fix: 'Remove it, or use a layer of the palette.',
      });
    else nodes.set(id, analyseNode(node, definition, nodes, problems));
  }
  const parameters = [...nodes.values()].reduce((sum, node) => sum + node.parameters, 0);
  return { order, nodes, problems, output: onlyOutput(graph), parameters };
}

/** @throws UnrollError `model-invalid` with the first problem of a graph that has one. */
export function requireValid(graph: ModelGraph): GraphAnalysis {
  const analysis = analyse(graph);
  const [first] = analysis.problems;
  if (first)
    throw new UnrollError('model-invalid', { name: graph.name, reason: first.message, fix: first.fix });
  return analysis;
}

function outputs(graph: ModelGraph): LayerNode[] {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return graph.nodes.filter(({ id }) => !read.has(id));
}

function onlyOutput(graph: ModelGraph): string | null {
  const ends = outputs(graph);
  return ends.length === 1 ? ends[0]!.id : null;
}

function structuralProblems(graph: ModelGraph, byId: ReadonlyMap<string, LayerNode>): Problem[] {
  const problems: Problem[] = [];
  if (graph.nodes.length === 0) {
    problems.push({
      node: null,
      message: 'The model has no layers.',
      fix: 'Add an Input, an Embedding, a recurrent layer and a Dense layer.',
    });
  } else if (!graph.nodes.some(({ type }) => type === 'Input')) {
    problems.push({
      node: null,
      message: 'The model has no Input.',
      fix: 'Add an Input as its first layer.',
    });
  }
  if (byId.size < graph.nodes.length) {
    const twice = graph.nodes.find((node) => byId.get(node.id) !== node)!;
    problems.push({
      node: twice.id,
      message: `Two layers are named ${twice.id}.`,
      fix: 'Rename one of them.',
    });
  }
  for (const node of graph.nodes) {
    const missing = node.inputs.find((id) => !byId.has(id));
    if (missing !== undefined)
      problems.push({
        node: node.id,
        message: `It reads ${missing}, which is not in the model.`,
        fix: 'Connect it to a layer of the model.',
      });
  }
  for (const node of outputs(graph).slice(1)) {
    problems.push({
      node: node.id,
      message: 'Nothing reads its output, and the model already has one output.',
      fix: 'Connect it, or remove it.',
    });
  }
  return problems;
}

/** Depth first in the order the nodes are listed; nodes of a circle are left out. */
function topologicalOrder(graph: ModelGraph, byId: ReadonlyMap<string, LayerNode>): string[] {
  const order: string[] = [];
  const waiting = new Map(
    graph.nodes.map((node) => [node.id, new Set(node.inputs.filter((id) => byId.has(id))).size]),
  );
  const readers = new Map<string, string[]>();
  for (const node of byId.values()) {
    for (const id of new Set(node.inputs)) readers.set(id, [...(readers.get(id) ?? []), node.id]);
  }
  const ready = [...byId.keys()].filter((id) => waiting.get(id) === 0);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    order.push(id);
    for (const reader of readers.get(id) ?? []) {
      waiting.set(reader, waiting.get(reader)! - 1);
      if (waiting.get(reader) === 0) ready.push(reader);
    }
  }
  return order;
}

function analyseNode(
  node: LayerNode,
  definition: LayerDefinition,
  nodes: ReadonlyMap<string, NodeAnalysis>,
  problems: Problem[],
): NodeAnalysis {
  const parsed = definition.schema.safeParse(node.config);
  const config = parsed.success ? parsed.data : { ...node.config };
  const unknown: NodeAnalysis = {
    definition,
    config,
    inputShapes: [],
    shape: null,
    weights: [],
    parameters: 0,
    multiplyAdds: 0,
    masked: false,
  };
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue!.path.join('.');
    problems.push({
      node: node.id,
      message: `${name ? `${name}: ` : ''}${issue!.message}.`,
      fix: `Correct ${name || 'its parameters'} in the inspector.`,
    });
    return unknown;
  }
  const { min, max } = definition.inputs;
  if (node.inputs.length < min || node.inputs.length > max) {
    const wanted = min === max ? `${min} input${min === 1 ? '' : 's'}` : `at least ${min} inputs`;
    const fix =
      node.inputs.length < min
        ? 'Connect it to the layer before it.'
        : 'Remove the connections that are too many.';
    problems.push({
      node: node.id,
      message: `${definition.title} takes ${wanted}, but has ${node.inputs.length}.`,
      fix,
    });
    return unknown;
  }
  const before = node.inputs.map((id) => nodes.get(id));
  const inputShapes = before.map((one) => one?.shape ?? null);
  if (inputShapes.some((shape) => shape === null)) return unknown;
  const masked = before.some((one) => one!.masked || one!.definition.mask(one!.config) === 'make');
  const shapes = inputShapes as Shape[];
  const result = definition.shape(config, shapes);
  if (!result.ok) {
    problems.push({ node: node.id, ...result.problem });
    return { ...unknown, inputShapes: shapes };
  }
  const weights = definition.weights(config, shapes);
  const parameters = weights.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  const handsOn = definition.mask(config);
  return {
    definition,
    config,
    inputShapes: shapes,
    shape: result.shape,
    weights,
    parameters,
    multiplyAdds: definition.multiplyAdds(config, shapes),
    masked: handsOn === 'make' || (handsOn === 'pass' && masked),
  };
}
