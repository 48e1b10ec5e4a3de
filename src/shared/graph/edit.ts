/** Edits of a model graph. Each gives a new graph and leaves the old one as it was, so that undo is keeping both. */
import { UnrollError } from '../errors.ts';
import { layerDefinition } from '../layers/index.ts';
import type { LayerNode, ModelGraph } from './graph.ts';

export function emptyGraph(name: string): ModelGraph {
  return { format: 'unroll-model', version: 1, name, nodes: [] };
}

/** Keras's automatic names: `lstm`, then `lstm_1`, `lstm_2`, … */
export function uniqueName(graph: ModelGraph, baseName: string): string {
  const taken = new Set(graph.nodes.map(({ id }) => id));
  for (let i = 0; ; i++) {
    const name = i === 0 ? baseName : `${baseName}_${i}`;
    if (!taken.has(name)) return name;
  }
}

/** A new layer with the parameters given; the required ones get a usable start. */
export function newNode(graph: ModelGraph, type: string, config: Record<string, unknown> = {}): LayerNode {
  const { baseName } = layerDefinition(type);
  return { id: uniqueName(graph, baseName), type, config: { ...STARTS[type], ...config }, inputs: [] };
}

/** First values of parameters that Keras asks for. */
const STARTS: Readonly<Record<string, Record<string, unknown>>> = {
  Input: { shape: [500], dtype: 'int32' },
  Embedding: { input_dim: 10000, output_dim: 32 },
  SimpleRNN: { units: 32 },
  LSTM: { units: 32 },
  GRU: { units: 32 },
  BookLSTM: { units: 32 },
  Bidirectional: { layer: { type: 'LSTM', config: { units: 32 } } },
  Dense: { units: 1, activation: 'sigmoid' },
  Activation: { activation: 'tanh' },
  Dropout: { rate: 0.2 },
  Conv1D: { filters: 64, kernel_size: 5, activation: 'relu' },
};

const withNodes = (graph: ModelGraph, nodes: LayerNode[]): ModelGraph => ({ ...graph, nodes });
const replaceInput = (node: LayerNode, from: string, to: readonly string[]): LayerNode => ({
  ...node,
  inputs: node.inputs.flatMap((id) => (id === from ? to : [id])),
});

const has = (graph: ModelGraph, id: string): boolean => graph.nodes.some((node) => node.id === id);

/**
 * Puts a layer behind `after` (null: first): it reads `after`, and what read `after` reads it. A graph without `after` stays
 * as it was.
 */
export function insertAfter(graph: ModelGraph, node: LayerNode, after: string | null): ModelGraph {
  if (after !== null && !has(graph, after)) return graph;
  if (after === null) {
    const [first, ...rest] = graph.nodes;
    const next = first ? [{ ...first, inputs: first.inputs.length ? first.inputs : [node.id] }, ...rest] : [];
    return withNodes(graph, [{ ...node, inputs: [] }, ...next]);
  }
  const nodes = graph.nodes.map((one) => replaceInput(one, after, [node.id]));
  const at = nodes.findIndex(({ id }) => id === after);
  nodes.splice(at + 1, 0, { ...node, inputs: [after] });
  return withNodes(graph, nodes);
}

/** Takes layers out; what read one of them reads what it read. */
export function removeNodes(graph: ModelGraph, ids: readonly string[]): ModelGraph {
  let { nodes } = graph;
  for (const id of ids) {
    const gone = nodes.find((node) => node.id === id);
    if (!gone) continue;
    nodes = nodes.filter((node) => node !== gone).map((node) => replaceInput(node, id, gone.inputs));
  }
  return withNodes(graph, nodes);
}

/** Moves a layer behind another (null: first), as taking it out and inserting it there. */
export function moveAfter(graph: ModelGraph, id: string, after: string | null): ModelGraph {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node || after === id || (after !== null && !has(graph, after))) return graph;
  return insertAfter(removeNodes(graph, [id]), node, after);
}

/** Sets parameters; `undefined` takes one back to its default. */
export function updateConfig(graph: ModelGraph, id: string, changes: Record<string, unknown>): ModelGraph {
  return withNodes(
    graph,
    graph.nodes.map((node) => {
      if (node.id !== id) return node;
      const config = Object.entries({ ...node.config, ...changes }).filter(
        ([, value]) => value !== undefined,
      );
      return { ...node, config: Object.fromEntries(config) };
    }),
  );
}

/** @throws UnrollError `name-taken` when another layer has the name: what reads which would be lost */
export function renameNode(graph: ModelGraph, id: string, name: string): ModelGraph {
  if (name !== id && has(graph, name)) throw new UnrollError('name-taken', { kind: 'layer', name });
  const nodes = graph.nodes.map((node) =>
    replaceInput(node.id === id ? { ...node, id: name } : node, id, [name]),
  );
  return withNodes(graph, nodes);
}

/** A copy behind the original. */
export function duplicateNode(graph: ModelGraph, id: string): ModelGraph {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node) return graph;
  return insertAfter(graph, { ...newNode(graph, node.type), config: structuredClone(node.config) }, id);
}

/** JSON with sorted keys: equal graphs have equal text, whatever the order their parameters were set in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`;
}
