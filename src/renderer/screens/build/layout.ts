/** Where the cards stand. A model none of whose layers has a place is arranged from top to bottom; else places are kept. */
import { Graph, layout } from '@dagrejs/dagre';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { inOrder, readersOf } from '../../../shared/graph/order.ts';

export interface Point {
  x: number;
  y: number;
}

/** The upper left corner of each card, by layer. */
export type Places = ReadonlyMap<string, Point>;

/** A card's size in pixels at zoom 1, and the room between cards: below for the edge's shape, beside for branches. */
export const CARD = { width: 232, height: 48 };
export const BELOW = 42;
const BESIDE = 32;
/** Between branches edges run aslant and need more room. */
const BELOW_BRANCH = 60;
/** From one card to the next below it. */
export const STEP = CARD.height + BELOW;

/**
 * Layers that follow one another without a branch: each is read only by the next, which reads only it. dagre places such a
 * run as one tall box, which keeps runs straight and makes two hundred layers a matter of a few boxes.
 */
function runsOf(nodes: readonly LayerNode[]): string[][] {
  const known = new Set(nodes.map(({ id }) => id));
  const readers = readersOf(nodes);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const before = (id: string) => byId.get(id)!.inputs.filter((input) => known.has(input));
  const next = (id: string): string | null => {
    const [reader, ...others] = readers.get(id) ?? [];
    return reader !== undefined && others.length === 0 && before(reader).length === 1 ? reader : null;
  };
  const inner = new Set(nodes.flatMap(({ id }) => next(id) ?? []));
  const run = (id: string): string[] => {
    const members = [id];
    for (let one = next(id); one !== null && !members.includes(one); one = next(one)) members.push(one);
    return members;
  };
  const runs = nodes.filter(({ id }) => !inner.has(id)).map(({ id }) => run(id));
  const seen = new Set(runs.flat());
  // A circle of layers has no beginning.
  for (const { id } of nodes) if (!seen.has(id)) runs.push([id]);
  return runs;
}

/** Places for all layers, from top to bottom, the first at the origin. */
function arrange(nodes: readonly LayerNode[]): Places {
  const runs = runsOf(nodes);
  const runOf = new Map(runs.flatMap((run, i) => run.map((id) => [id, i] as const)));
  const drawing = new Graph();
  drawing.setGraph({ rankdir: 'TB', nodesep: BESIDE, ranksep: BELOW_BRANCH, rankalign: 'top' });
  drawing.setDefaultEdgeLabel(() => ({}));
  runs.forEach((run, i) =>
    drawing.setNode(String(i), { width: CARD.width, height: run.length * STEP - BELOW }),
  );
  for (const { id, inputs } of nodes)
    for (const input of inputs) {
      const [from, to] = [runOf.get(input), runOf.get(id)];
      if (from !== undefined && to !== undefined && from !== to) drawing.setEdge(String(from), String(to));
    }
  if (runs.length > 1) layout(drawing);
  const places = new Map<string, Point>();
  runs.forEach((run, i) => {
    const { x = 0, y = 0, height = 0 } = drawing.node(String(i)) as Partial<Point> & { height?: number };
    const top = runs.length > 1 ? y - height / 2 : 0;
    run.forEach((id, at) =>
      places.set(id, { x: Math.round(x - CARD.width / 2), y: Math.round(top + at * STEP) }),
    );
  });
  return fromOrigin(places, nodes[0]?.id);
}

/** The same with the first layer at the origin, so that it stays where it is while others come and go. */
function fromOrigin(places: Map<string, Point>, first: string | undefined): Places {
  const origin = first === undefined ? undefined : places.get(first);
  if (origin === undefined) return places;
  return new Map([...places].map(([id, { x, y }]) => [id, { x: x - origin.x, y: y - origin.y }]));
}

/** Whether the user has moved layers, so that their places are kept instead of arranged anew. */
export const isPlaced = ({ nodes }: ModelGraph): boolean =>
  nodes.some(({ position }) => position !== undefined);

/** Where every card of the model stands. */
export function placesOf(graph: ModelGraph): Places {
  if (!isPlaced(graph)) return arrange(graph.nodes);
  const places = new Map<string, Point>();
  for (const { id, inputs, position } of inOrder(graph).nodes) {
    const above = inputs.flatMap((input) => places.get(input) ?? []);
    const lowest = Math.max(...above.map(({ y }) => y), ...(above.length === 0 ? [-STEP] : []));
    places.set(id, position ?? { x: above[0]?.x ?? 0, y: lowest + STEP });
  }
  return places;
}

/** What the places follow from: as long as this text is the same, so are they. */
export const structureOf = ({ nodes }: ModelGraph): string =>
  nodes
    .map(
      ({ id, inputs, position }) => `${id}<${inputs.join()}@${position ? `${position.x},${position.y}` : ''}`,
    )
    .join(';');

const withPlaces = (graph: ModelGraph, places: Places): ModelGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => {
    const place = places.get(node.id);
    return place === undefined
      ? node
      : { ...node, position: { x: Math.round(place.x), y: Math.round(place.y) } };
  }),
});

/** Keeps every layer where it stands, some of them at new places. */
export function place(graph: ModelGraph, moved: Places): ModelGraph {
  return withPlaces(graph, new Map([...placesOf(graph), ...moved]));
}

/** Forgets all places, so that the model is arranged again. */
export function arranged(graph: ModelGraph): ModelGraph {
  if (!isPlaced(graph)) return graph;
  const nodes = graph.nodes.map((node) => {
    const { position: _left, ...rest } = node;
    return rest;
  });
  return { ...graph, nodes };
}

/** Moves down whatever follows a layer and would stand on it; a model that is arranged makes room by itself. */
export function makeRoom(graph: ModelGraph, id: string): ModelGraph {
  if (!isPlaced(graph)) return graph;
  const places = new Map(placesOf(graph));
  const moving = new Set([id]);
  for (const node of inOrder(graph).nodes) {
    if (!moving.has(node.id) && !node.inputs.some((input) => moving.has(input))) continue;
    moving.add(node.id);
    const above = node.inputs.flatMap((input) => places.get(input) ?? []);
    const own = places.get(node.id)!;
    const least = Math.max(own.y, ...above.map(({ y }) => y + STEP));
    places.set(node.id, { x: own.x, y: least });
  }
  return withPlaces(graph, places);
}
