/** What follows from a model graph: order, shapes, weights, counts, and everything that is wrong with it. Pure; never throws. */
import { UnrollError } from '../errors.ts';
import { findLayer } from '../layers/index.ts';
import type { LayerDefinition, ShapeProblem, WeightSpec } from '../layers/layer.ts';
import { configurationProblem } from './configuration.ts';
import type { LayerNode, ModelGraph, Shape } from './graph.ts';
import { endsOf, nodesById, topologicalOrder } from './order.ts';

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
  /** Whether its output carries a mask on. */
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
  const byId = nodesById(graph);
  problems.push(...structuralProblems(graph, byId));
  const order = topologicalOrder(byId);
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
    else nodes.set(id, analyseNode(node, definition, { byId, nodes, problems }));
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

function onlyOutput(graph: ModelGraph): string | null {
  const ends = endsOf(graph);
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
  for (const node of endsOf(graph).slice(1)) {
    problems.push({
      node: node.id,
      message: 'Nothing reads its output, and the model already has one output.',
      fix: 'Connect it, or remove it.',
    });
  }
  return problems;
}

interface Analysing {
  byId: ReadonlyMap<string, LayerNode>;
  nodes: ReadonlyMap<string, NodeAnalysis>;
  problems: Problem[];
}

function analyseNode(node: LayerNode, definition: LayerDefinition, analysing: Analysing): NodeAnalysis {
  const parsed = definition.schema.safeParse(node.config);
  const blank = { inputShapes: [], shape: null, weights: [], parameters: 0, multiplyAdds: 0, masked: false };
  const unknown: NodeAnalysis = { definition, config: parsed.data ?? { ...node.config }, ...blank };
  const refuse = (problem: ShapeProblem): void =>
    void analysing.problems.push({ node: node.id, message: problem.message, fix: problem.fix });
  if (!parsed.success) {
    refuse(configurationProblem(definition, parsed.error.issues[0]!));
    return unknown;
  }
  const wrongCount = inputCountProblem(node, definition);
  if (wrongCount) {
    refuse(wrongCount);
    return unknown;
  }
  const before = node.inputs.map((id) => analysing.nodes.get(id));
  const inputShapes = before.flatMap((one) => (one?.shape ? [one.shape] : []));
  if (inputShapes.length < node.inputs.length) return unknown;
  const { config } = unknown;
  const result = definition.shape(config, inputShapes);
  const problem = idProblem(node, analysing.byId) ?? (result.ok ? null : result.problem);
  if (problem || !result.ok) {
    refuse(withFixInFront(problem!, node, analysing));
    return { ...unknown, inputShapes };
  }
  const weights = definition.weights(config, inputShapes);
  const handsOn = definition.mask(config);
  return {
    definition,
    config,
    inputShapes,
    shape: result.shape,
    weights,
    parameters: weights.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    ),
    multiplyAdds: definition.multiplyAdds(config, inputShapes),
    masked: handsOn === 'make' || (handsOn === 'pass' && before.some((one) => one!.masked)),
  };
}

function inputCountProblem(
  { inputs }: LayerNode,
  { type, inputs: { min, max } }: LayerDefinition,
): ShapeProblem | null {
  if (inputs.length >= min && inputs.length <= max) return null;
  const wanted = min === max ? `${min} input${min === 1 ? '' : 's'}` : `at least ${min} inputs`;
  const fix =
    inputs.length < min ? 'Connect it to the layer before it.' : 'Remove the connections that are too many.';
  return { message: `${type} takes ${max === 0 ? 'no inputs' : wanted} but has ${inputs.length}.`, fix };
}

/** Only the model's Input holds word ids. */
function idProblem({ type, inputs }: LayerNode, byId: ReadonlyMap<string, LayerNode>): ShapeProblem | null {
  const before = byId.get(inputs[0] ?? '');
  if (type !== 'Embedding' || !before || before.type === 'Input') return null;
  const message = `Embedding reads word ids but receives the output of ${before.id} (${before.type}).`;
  return { message, fix: 'Connect it to the Input, or remove it.' };
}

/** Where a layer in front returned only its last output, the way out is there: the fix names it. */
function withFixInFront(
  problem: ShapeProblem,
  { inputs, type }: LayerNode,
  { byId, nodes }: Analysing,
): ShapeProblem {
  const before = byId.get(inputs[0] ?? '');
  const analysis = nodes.get(inputs[0] ?? '');
  if (!before || !analysis || inputs.length !== 1 || analysis.shape?.length !== 2) return problem;
  if (analysis.definition.family === 'recurrent')
    return {
      message: `${type} needs a whole sequence, but ${before.id} hands on only its last output.`,
      fix: `Turn on return_sequences in ${before.id}.`,
    };
  if (before.type !== 'Input' || analysis.definition.family !== 'input' || type === 'Embedding')
    return problem;
  return {
    ...problem,
    fix: 'Put an Embedding in between for word ids, or give the Input a second size for values.',
  };
}
