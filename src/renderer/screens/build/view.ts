/** What the screen shows of a model, from the graph's analysis and the layer catalogue. Nothing is written per layer. */
import { analyse, type GraphAnalysis, type NodeAnalysis } from '../../../shared/graph/analyse.ts';
import { connectionsOf, type Connection } from '../../../shared/graph/connect.ts';
import { estimate, type Estimate } from '../../../shared/graph/estimates.ts';
import type { LayerNode, ModelGraph, Shape } from '../../../shared/graph/graph.ts';
import type { Problem } from '../../../shared/graph/problem.ts';
import { findProblems, type Purpose } from '../../../shared/graph/problems.ts';
import type { TrainingConfig } from '../../../shared/training.ts';
import { findLayer, layerDefinitions } from '../../../shared/layers/index.ts';
import { showShape } from '../../../shared/layers/shapes.ts';
import type { LayerDefinition, LayerFamily, WeightSpec } from '../../../shared/layers/layer.ts';
import { formatSetting } from '../../state/format.ts';

const FAMILY_TITLES: Record<LayerFamily, string> = {
  input: 'Input',
  embedding: 'Embedding',
  recurrent: 'Recurrent',
  dense: 'Dense',
  convolution: 'Convolution',
  shape: 'Shape',
  regularise: 'Regularise',
  merge: 'Merge',
};

export interface PaletteEntry {
  /** Keras's name, which is what the palette shows. */
  type: string;
  title: string;
  family: LayerFamily;
  summary: string;
}

/** The palette: layers by family, in the catalogue's order. */
export const families: readonly { family: LayerFamily; title: string; entries: readonly PaletteEntry[] }[] = [
  ...new Set(layerDefinitions.map(({ family }) => family)),
].map((family) => ({
  family,
  title: FAMILY_TITLES[family],
  entries: layerDefinitions.filter((layer) => layer.family === family),
}));

export const layerCount = layerDefinitions.length;

export interface NodeView {
  id: string;
  type: string;
  family: LayerFamily;
  /** Its prominent settings in one line: `units 32 · tanh`. */
  line: string;
  inputs: readonly string[];
  takesInputs: boolean;
  inputShape: string | null;
  /** What it hands on, as Keras prints it; null while it is not known. */
  shape: string | null;
  /** Null while its inputs or settings do not fit. */
  parameters: number | null;
  weights: readonly WeightSpec[];
  problems: readonly Problem[];
}

export interface ModelView {
  nodes: readonly NodeView[];
  edges: readonly Connection[];
  /** Errors first, then what is likely not meant. */
  problems: readonly Problem[];
  /** Whether Keras could build it as it is. */
  valid: boolean;
  estimate: Estimate;
  analysis: GraphAnalysis;
}

/** A setting in the card's line: choices stand for themselves, a switch by its name where it is on. */
function shortSetting(name: string, value: unknown): string {
  if (value === null || value === undefined || value === false) return '';
  if (value === true) return name.replace(/^return_/, '').replaceAll('_', ' ');
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `${name} ${showShape(value as Shape)}`;
  if (typeof value === 'object') {
    const { type, config } = value as { type?: string; config?: { units?: number } };
    return type === undefined ? '' : `${type}${config?.units === undefined ? '' : ` ${config.units}`}`;
  }
  return `${name.replaceAll('_', ' ')} ${formatSetting(value)}`;
}

function settingsLine(definition: LayerDefinition, config: Readonly<Record<string, unknown>>): string {
  return Object.entries(definition.parameters)
    .filter(([, help]) => help.prominent)
    .map(([name]) => shortSetting(name, config[name]))
    .filter((words) => words !== '')
    .join(' · ');
}

function nodeView(
  node: LayerNode,
  analysis: NodeAnalysis | undefined,
  problems: readonly Problem[],
): NodeView {
  const definition = analysis?.definition ?? findLayer(node.type);
  return {
    id: node.id,
    type: node.type,
    family: definition?.family ?? 'input',
    line: definition === null ? '' : settingsLine(definition, analysis?.config ?? node.config),
    inputs: node.inputs,
    takesInputs: definition?.inputs.max !== 0,
    inputShape:
      analysis === undefined || analysis.inputShapes.length === 0
        ? null
        : analysis.inputShapes.map(showShape).join(' + '),
    shape: analysis?.shape ? showShape(analysis.shape) : null,
    parameters: analysis?.shape ? analysis.parameters : null,
    weights: analysis?.weights ?? [],
    problems,
  };
}

const NO_PROBLEMS: readonly Problem[] = [];

/** How a model is to be trained, as far as what it costs depends on that. */
export type Batches = Pick<TrainingConfig, 'optimizer'> & { batchSize: number };

/**
 * All there is to show of a model; computed anew on every edit, so it is one walk over the layers.
 * @param purpose the data it is meant for, to be checked against as well
 */
export function viewOf(graph: ModelGraph, purpose: Purpose | null, batches: Batches): ModelView {
  const analysis = analyse(graph);
  // An empty model is an invitation, not a mistake.
  const problems = graph.nodes.length === 0 ? NO_PROBLEMS : findProblems(graph, purpose, analysis);
  const byNode = Map.groupBy(problems, ({ node }) => node);
  return {
    nodes: graph.nodes.map((node) =>
      nodeView(node, analysis.nodes.get(node.id), byNode.get(node.id) ?? NO_PROBLEMS),
    ),
    edges: connectionsOf(graph).filter(({ from }) => analysis.nodes.has(from)),
    problems,
    valid: graph.nodes.length > 0 && analysis.problems.length === 0,
    estimate: estimate(analysis, batches),
    analysis,
  };
}
