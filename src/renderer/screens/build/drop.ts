/** Where a layer from the palette lands: what is nearest to the pointer takes it, else the open canvas. */
import {
  connect,
  connectionRefusal,
  connectionsOf,
  insertionRefusal,
  insertOnConnection,
  type Connection,
} from '../../../shared/graph/connect.ts';
import { insertAfter } from '../../../shared/graph/edit.ts';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { readersOf } from '../../../shared/graph/order.ts';
import { findLayer } from '../../../shared/layers/index.ts';
import { BELOW, CARD, STEP, type Places, type Point } from './card.ts';
import { isPlaced, makeRoom, place, placesOf } from './layout.ts';

export type Landing =
  | { kind: 'edge'; connection: Connection }
  /** Behind a layer: it reads that layer, and what read it reads the new one. */
  | { kind: 'after'; id: string }
  /** At an output that others read already: one more reader. */
  | { kind: 'branch'; id: string }
  /** At an input that is free: the layer there reads the new one. */
  | { kind: 'before'; id: string }
  | { kind: 'canvas'; at: Point };

export interface DropTarget {
  landing: Landing;
  /** What would happen, in words, or why it cannot. */
  words: string;
  refused: boolean;
}

const NEAR_EDGE = 36;
const NEAR_PORT = 14;

const bottomOf = ({ x, y }: Point): Point => ({ x: x + CARD.width / 2, y: y + CARD.height });
const topOf = ({ x, y }: Point): Point => ({ x: x + CARD.width / 2, y });
const apart = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Distance from a point to the line between two others. */
function distanceToLine(point: Point, from: Point, to: Point): number {
  const length = apart(from, to) ** 2;
  const along =
    length === 0 ? 0 : ((point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y)) / length;
  const t = Math.min(1, Math.max(0, along));
  return apart(point, { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) });
}

const within = (point: Point, { x, y }: Point, above: number, below: number): boolean =>
  point.x >= x && point.x <= x + CARD.width && point.y >= y - above && point.y <= y + CARD.height + below;

function nearestEdge(graph: ModelGraph, places: Places, point: Point): Connection | null {
  let nearest: { connection: Connection; distance: number } | null = null;
  for (const connection of connectionsOf(graph)) {
    const [from, to] = [places.get(connection.from), places.get(connection.to)];
    if (!from || !to) continue;
    const distance = distanceToLine(point, bottomOf(from), topOf(to));
    if (distance <= NEAR_EDGE && distance < (nearest?.distance ?? Infinity))
      nearest = { connection, distance };
  }
  return nearest?.connection ?? null;
}

const hasRoom = ({ type, inputs }: LayerNode): boolean => inputs.length < (findLayer(type)?.inputs.max ?? 0);

function portAt(graph: ModelGraph, places: Places, point: Point): Landing | null {
  const readers = readersOf(graph.nodes);
  for (const node of graph.nodes) {
    const at = places.get(node.id);
    if (!at) continue;
    if (readers.has(node.id) && apart(point, bottomOf(at)) <= NEAR_PORT)
      return { kind: 'branch', id: node.id };
    if (node.inputs.length > 0 && hasRoom(node) && apart(point, topOf(at)) <= NEAR_PORT)
      return { kind: 'before', id: node.id };
  }
  return null;
}

function cardAt(graph: ModelGraph, places: Places, point: Point): Landing | null {
  const readers = readersOf(graph.nodes);
  for (const node of graph.nodes) {
    const at = places.get(node.id);
    if (!at) continue;
    if (within(point, at, 0, readers.has(node.id) ? 0 : BELOW)) return { kind: 'after', id: node.id };
    if (node.inputs.length === 0 && hasRoom(node) && within(point, at, BELOW, 0))
      return { kind: 'before', id: node.id };
  }
  return null;
}

/** Anywhere below a model that is but an Input: there is nothing else to read. */
function belowInput(graph: ModelGraph, places: Places, type: string, point: Point): Landing | null {
  const [only, second] = graph.nodes;
  if (only?.type !== 'Input' || second !== undefined || findLayer(type)?.inputs.max === 0) return null;
  const at = places.get(only.id);
  return at && point.y > at.y + CARD.height ? { kind: 'after', id: only.id } : null;
}

/** What a layer of this type does at a point of the canvas. */
export function dropTarget(graph: ModelGraph, places: Places, type: string, point: Point): DropTarget {
  const edge = () => {
    const connection = nearestEdge(graph, places, point);
    return connection === null ? null : ({ kind: 'edge', connection } as const);
  };
  const landing: Landing = portAt(graph, places, point) ??
    edge() ??
    cardAt(graph, places, point) ??
    belowInput(graph, places, type, point) ?? {
      kind: 'canvas',
      at: { x: point.x - CARD.width / 2, y: point.y - CARD.height / 2 },
    };
  const refusal = refusalOf(landing, type);
  return { landing, words: refusal ?? wordsOf(landing), refused: refusal !== null };
}

function refusalOf(landing: Landing, type: string): string | null {
  if (landing.kind === 'canvas' || landing.kind === 'before') return null;
  return insertionRefusal(type);
}

function wordsOf(landing: Landing): string {
  if (landing.kind === 'edge') return `between ${landing.connection.from} and ${landing.connection.to}`;
  if (landing.kind === 'after') return `after ${landing.id}`;
  if (landing.kind === 'branch') return `a branch of ${landing.id}`;
  return landing.kind === 'before' ? `in front of ${landing.id}` : 'on its own';
}

/** The model with the new layer where it lands. */
export function land(graph: ModelGraph, node: LayerNode, landing: Landing): ModelGraph {
  if (landing.kind === 'edge') return makeRoom(insertOnConnection(graph, node, landing.connection), node.id);
  if (landing.kind === 'after') return makeRoom(insertAfter(graph, node, landing.id), node.id);
  if (landing.kind === 'branch')
    return makeRoom({ ...graph, nodes: [...graph.nodes, { ...node, inputs: [landing.id] }] }, node.id);
  if (landing.kind === 'before') return inFront(graph, node, landing.id);
  // A model of one layer needs no places: it is shown where it was dropped by moving the canvas.
  if (graph.nodes.length === 0) return { ...graph, nodes: [node] };
  return place({ ...graph, nodes: [...graph.nodes, node] }, new Map([[node.id, landing.at]]));
}

function inFront(graph: ModelGraph, node: LayerNode, id: string): ModelGraph {
  const at = graph.nodes.findIndex((one) => one.id === id);
  const added = { ...graph, nodes: graph.nodes.toSpliced(at, 0, node) };
  if (connectionRefusal(added, node.id, id) !== null) return graph;
  const { x, y } = placesOf(graph).get(id)!;
  const linked = connect(added, node.id, id);
  return isPlaced(graph)
    ? makeRoom(place(linked, new Map([[node.id, { x, y: y - STEP }]])), node.id)
    : linked;
}
