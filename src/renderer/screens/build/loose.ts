/** A connection let go over the empty canvas: which layers can stand at its loose end, and the edit that puts one there. */
import { analyse } from '../../../shared/graph/analyse.ts';
import { connect, connectionRefusal } from '../../../shared/graph/connect.ts';
import { newNode } from '../../../shared/graph/edit.ts';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { layerDefinitions } from '../../../shared/layers/index.ts';
import { CARD, type Point } from './card.ts';
import { isPlaced, makeRoom, place } from './layout.ts';

export interface LooseEnd {
  /** The layer the connection was drawn from, and which of its ports: its output, or an input that is free. */
  id: string;
  side: 'source' | 'target';
  /** Where it was let go on the canvas: the port of the new layer. */
  at: Point;
}

/** The model with a new layer at the loose end; the graph itself where that cannot be connected. */
export function attach(graph: ModelGraph, node: LayerNode, { id, side, at }: LooseEnd): ModelGraph {
  const [from, to] = side === 'source' ? [id, node.id] : [node.id, id];
  const reader = side === 'source' ? graph.nodes.length : graph.nodes.findIndex((one) => one.id === id);
  const added = { ...graph, nodes: graph.nodes.toSpliced(reader, 0, node) };
  if (connectionRefusal(added, from, to) !== null) return graph;
  const linked = connect(added, from, to);
  // A model that is arranged stays so: the new layer falls into line.
  if (!isPlaced(graph)) return linked;
  const corner = { x: at.x - CARD.width / 2, y: side === 'source' ? at.y : at.y - CARD.height };
  const placed = place(linked, new Map([[node.id, corner]]));
  return side === 'source' ? makeRoom(placed, node.id) : placed;
}

/** Why no layer can stand at the loose end, in a sentence; null where some can. */
export function looseRefusal(graph: ModelGraph, { id, side }: Omit<LooseEnd, 'at'>): string | null {
  if (side === 'source') return null;
  const any = newNode(graph, layerDefinitions[0]!.type);
  return connectionRefusal({ ...graph, nodes: [any, ...graph.nodes] }, any.id, id);
}

/**
 * The types that can stand at the loose end: behind a layer those that take its output as they are made, and those that join
 * it with others; in front of a layer all that hand something on. What a layer that has a problem hands on is not known.
 */
export function fitting(graph: ModelGraph, end: LooseEnd): string[] {
  const known = analyse(graph).nodes.get(end.id)?.shape;
  const fits = (type: string, joins: boolean): boolean => {
    const node = newNode(graph, type);
    const attached = attach(graph, node, end);
    if (attached === graph) return false;
    if (end.side === 'target' || joins || !known) return true;
    return Boolean(analyse(attached).nodes.get(node.id)?.shape);
  };
  return layerDefinitions.filter(({ type, inputs }) => fits(type, inputs.min > 1)).map(({ type }) => type);
}
