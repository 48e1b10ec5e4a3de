/** Where the cards stand. A model none of whose layers has a place is arranged from top to bottom; else places are kept. */
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { inOrder } from '../../../shared/graph/order.ts';
import { arrange } from './arrange.ts';
import { STEP, type Places, type Point } from './card.ts';

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
