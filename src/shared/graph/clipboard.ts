/** Layers on the clipboard: JSON that is pasted into the same model, another one, or another window. */
import { z } from 'zod';
import { UnrollError } from '../errors.ts';
import { findLayer } from '../layers/index.ts';
import { freeName } from './edit.ts';
import { layerNodeSchema, modelGraphSchema, type LayerNode, type ModelGraph } from './graph.ts';
import { nodesById, topologicalOrder } from './order.ts';

const copiedLayersSchema = z.object({
  format: z.literal('unroll-layers'),
  version: z.literal(1),
  nodes: z.array(layerNodeSchema).min(1).max(2000),
});
export type CopiedLayers = z.infer<typeof copiedLayersSchema>;

/** The layers with these ids, their settings, their places and the connections among them. */
export function copyLayers(graph: ModelGraph, ids: readonly string[]): CopiedLayers {
  const chosen = new Set(ids);
  const nodes = graph.nodes
    .filter(({ id }) => chosen.has(id))
    .map((node) => ({ ...structuredClone(node), inputs: node.inputs.filter((id) => chosen.has(id)) }));
  return { format: 'unroll-layers', version: 1, nodes };
}

/**
 * What `JSON.stringify(copyLayers(…))` wrote, or the layers of a whole model.
 * @throws UnrollError `input-invalid` when the text holds no layers that can be pasted
 */
export function readCopiedLayers(text: string): CopiedLayers {
  const refuse = (reason: string): UnrollError =>
    new UnrollError('input-invalid', { what: 'The clipboard', reason });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw refuse('it holds no layers.');
  }
  const model = modelGraphSchema.safeParse(content);
  const copied = model.success
    ? copiedLayersSchema.safeParse({ format: 'unroll-layers', version: 1, nodes: model.data.nodes })
    : copiedLayersSchema.safeParse(content);
  if (!copied.success) throw refuse('it holds no layers.');
  const { nodes } = copied.data;
  const unknown = nodes.find(({ type }) => !findLayer(type));
  if (unknown) throw refuse(`there is no layer of type ${unknown.type}.`);
  const byId = nodesById({ ...EMPTY, nodes });
  if (topologicalOrder(byId).length < nodes.length)
    throw refuse('its layers have equal names or form a circle.');
  return copied.data;
}

const EMPTY: ModelGraph = { format: 'unroll-model', version: 1, name: 'clipboard', nodes: [] };

interface PasteOptions {
  /** How far from where they were copied the layers are placed, in canvas units. */
  offset?: { x: number; y: number };
  /** When the layers have one beginning and one end, they are put behind this layer; what read it reads their end. */
  after?: string | null;
}

/** A model with copied layers in it, and the names they have there, in the order they were copied. */
export interface Pasted {
  graph: ModelGraph;
  ids: string[];
}

/** A layer keeps its name where that is free. Connections to layers that were not copied are gone. */
export function pasteLayers(graph: ModelGraph, copied: CopiedLayers, options: PasteOptions = {}): Pasted {
  const names = freshNames(graph, copied);
  const { offset } = options;
  const pasted = copied.nodes.map((node): LayerNode => {
    const inputs = node.inputs.flatMap((input) => names.get(input) ?? []);
    const moved = { ...structuredClone(node), id: names.get(node.id)!, inputs };
    const { position } = node;
    if (position && offset) moved.position = { x: position.x + offset.x, y: position.y + offset.y };
    return moved;
  });
  const ids = pasted.map(({ id }) => id);
  return { graph: join(graph, pasted, options.after ?? null), ids };
}

function freshNames(graph: ModelGraph, { nodes }: CopiedLayers): Map<string, string> {
  const taken = new Set(graph.nodes.map(({ id }) => id));
  const names = new Map<string, string>();
  for (const { id } of nodes) {
    const name = taken.has(id) ? freeName(taken, id.replace(/_\d+$/, '')) : id;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

function join(graph: ModelGraph, pasted: readonly LayerNode[], after: string | null): ModelGraph {
  const read = new Set(pasted.flatMap(({ inputs }) => inputs));
  const ends = pasted.filter(({ id }) => !read.has(id));
  const starts = pasted.filter(({ inputs }) => inputs.length === 0);
  const at = graph.nodes.findIndex(({ id }) => id === after);
  const [start, end] = [starts[0], ends[0]];
  const fits = starts.length === 1 && ends.length === 1 && findLayer(start!.type)?.inputs.max !== 0;
  if (at < 0 || !fits) return { ...graph, nodes: [...graph.nodes, ...pasted] };
  const behindEnd = (node: LayerNode): LayerNode => ({
    ...node,
    inputs: node.inputs.map((id) => (id === after ? end!.id : id)),
  });
  const nodes = graph.nodes.map((node) => (node.inputs.includes(after!) ? behindEnd(node) : node));
  const linked = pasted.map((node) => (node === start ? { ...node, inputs: [after!] } : node));
  return { ...graph, nodes: nodes.toSpliced(at + 1, 0, ...linked) };
}
