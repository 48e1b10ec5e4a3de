/** What follows from a model graph: order, shapes, weights, counts, and everything that is wrong with it. Pure; never throws. */
import { UnrollError } from '../errors.ts';
import { writeConstraint } from '../layers/constraints.ts';
import { findLayer } from '../layers/index.ts';
import type { LayerDefinition, ShapeProblem, WeightSpec } from '../layers/layer.ts';
import { configurationProblem } from './configuration.ts';
import type { LayerNode, ModelGraph, Shape } from './graph.ts';
import { endsOf, nodesById, topologicalOrder } from './order.ts';
import { connect } from './connect.ts';
import type { Problem, Repair } from './problem.ts';
import { connecting, removing, shapeRepairs, unplugging } from './repairs.ts';
import { branchProblems, circleProblems, structuralProblems } from './structure.ts';

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
  const byId = nodesById(graph);
  const problems = structuralProblems(graph, byId);
  const order = topologicalOrder(byId);
  problems.push(...circleProblems(graph, new Set(order)));
  const nodes = new Map<string, NodeAnalysis>();
  for (const id of order) {
    const node = byId.get(id)!;
    const definition = findLayer(node.type);
    if (definition) nodes.set(id, analyseNode(node, definition, { graph, byId, nodes, problems }));
    else problems.push(unknownLayer(node));
  }
  problems.push(...branchProblems(graph, (id) => nodes.get(id)?.shape ?? null));
  const parameters = [...nodes.values()].reduce((sum, node) => sum + node.parameters, 0);
  return { order, nodes, problems, output: onlyOutput(graph), parameters };
}

function unknownLayer({ id, type }: LayerNode): Problem {
  const message = `There is no layer of type ${type}.`;
  return { node: id, message, fix: 'Remove it, or use a layer of the palette.', repairs: [removing(id)] };
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

interface Analysing {
  graph: ModelGraph;
  byId: ReadonlyMap<string, LayerNode>;
  nodes: ReadonlyMap<string, NodeAnalysis>;
  problems: Problem[];
}

type Read = ReturnType<LayerDefinition['schema']['safeParse']>;
/** An edit leaves the settings of all other layers the very objects they were: those are not read again. */
const readBefore = new WeakMap<LayerNode['config'], { definition: LayerDefinition; read: Read }>();

function readSettings(definition: LayerDefinition, config: LayerNode['config']): Read {
  const known = readBefore.get(config);
  if (known?.definition === definition) return known.read;
  const read = definition.schema.safeParse(config);
  readBefore.set(config, { definition, read });
  return read;
}

function analyseNode(node: LayerNode, definition: LayerDefinition, analysing: Analysing): NodeAnalysis {
  const { byId, nodes, problems } = analysing;
  const parsed = readSettings(definition, node.config);
  const blank = { inputShapes: [], shape: null, weights: [], parameters: 0, multiplyAdds: 0, masked: false };
  const unknown: NodeAnalysis = { definition, config: parsed.data ?? { ...node.config }, ...blank };
  if (!parsed.success) {
    problems.push(configurationProblem(node, definition, parsed.error.issues[0]!));
    return unknown;
  }
  const wrongCount = inputCountProblem(node, unknown, analysing);
  if (wrongCount) {
    problems.push(wrongCount);
    return unknown;
  }
  const before = node.inputs.map((id) => nodes.get(id));
  const inputShapes = before.flatMap((one) => (one?.shape ? [one.shape] : []));
  if (inputShapes.length < node.inputs.length) return unknown;
  const { config } = unknown;
  const result = definition.shape(config, inputShapes);
  const masked = before.some((one) => one!.masked);
  const problem =
    idProblem(node, byId) ?? (result.ok ? maskProblem(node.type, config, masked) : result.problem);
  if (problem || !result.ok) {
    const { message, fix } = withFixInFront(problem!, node, analysing);
    problems.push({ node: node.id, message, fix, repairs: shapeRepairs(byId, node, problem!, inputShapes) });
    return { ...unknown, inputShapes };
  }
  const weights = definition.weights(config, inputShapes);
  problems.push(...axisProblems(node, weights));
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
    masked: handsOn === 'make' || (handsOn === 'pass' && masked),
  };
}

function inputCountProblem(
  node: LayerNode,
  analysis: NodeAnalysis,
  { graph, nodes }: Analysing,
): Problem | null {
  const { id, inputs } = node;
  const { type } = analysis.definition;
  const { min, max } = analysis.definition.inputs;
  const few = inputs.length < min;
  if (!few && inputs.length <= max) return null;
  const wanted = min === max ? `${min} input${min === 1 ? '' : 's'}` : `at least ${min} inputs`;
  return {
    node: id,
    message: `${type} takes ${max === 0 ? 'no inputs' : wanted} but has ${inputs.length}.`,
    fix: few
      ? `Connect ${inputs.length === 0 ? 'it to the layer before it' : 'another layer to it'}.`
      : FEWER,
    repairs: few ? [...connected(graph, node, analysis, nodes), removing(id)] : [unplugging(id, max)],
  };
}

const FEWER = 'Remove the connections that are too many.';

/** Behind the end of the model; else, where it reads something already, the nearest layer before it that fits beside that. */
function connected(
  graph: ModelGraph,
  { id, inputs }: LayerNode,
  { definition, config }: NodeAnalysis,
  nodes: Analysing['nodes'],
): Repair[] {
  const behind = connecting(graph, id);
  const shapes = inputs.flatMap((input) => {
    const shape = nodes.get(input)?.shape;
    return shape ? [shape] : [];
  });
  if (behind.length > 0 || shapes.length === 0 || shapes.length < inputs.length) return behind;
  const fits = ([other, { shape }]: [string, NodeAnalysis]): boolean =>
    shape !== null && !inputs.includes(other) && definition.shape(config, [...shapes, shape]).ok;
  const [from] = [...nodes].findLast(fits) ?? [];
  if (from === undefined) return [];
  return [{ label: `Connect ${from} to it`, change: (edited) => connect(edited, from, id) }];
}

/** Only the model's Input holds word ids. */
function idProblem({ type, inputs }: LayerNode, byId: ReadonlyMap<string, LayerNode>): ShapeProblem | null {
  const before = byId.get(inputs[0] ?? '');
  if (type !== 'Embedding' || !before || before.type === 'Input') return null;
  const message = `Embedding reads word ids but receives the output of ${before.id} (${before.type}).`;
  return { message, fix: 'Connect it to the Input, or remove it.', needs: 'ids' };
}

/** A norm is taken along axes that the weight has. */
function axisProblems({ id }: LayerNode, weights: readonly WeightSpec[]): Problem[] {
  return weights.flatMap(({ name, shape, constraint }) => {
    if (!constraint || constraint.name === 'non_neg' || constraint.axis.every((axis) => axis < shape.length))
      return [];
    const message = `The constraint ${writeConstraint(constraint)} of the ${name} of ${id} goes along an axis that it does not have.`;
    const fix = `Give axes from 0 to ${shape.length - 1}.`;
    return [{ node: id, message, fix, repairs: [] }];
  });
}

/** A mask is of the first axis behind the batch. */
function maskProblem(type: string, config: NodeAnalysis['config'], masked: boolean): ShapeProblem | null {
  if (!masked || type !== 'GlobalAveragePooling1D' || config.data_format !== 'channels_first') return null;
  return {
    message: 'GlobalAveragePooling1D takes the mean over the second axis, but its mask is of the first.',
    fix: 'Set data_format to channels_last, or turn mask_zero off in the Embedding.',
    settings: { data_format: 'channels_last' },
  };
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
