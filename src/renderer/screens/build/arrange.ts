/**
 * Arranging a model from top to bottom, by dagre. It is asked for as little as can be: layers in a row are one box, and the
 * model is taken apart where all its paths meet, so that an edit among two hundred layers arranges a few of them anew.
 */
import { Graph, layout } from '@dagrejs/dagre';
import type { LayerNode } from '../../../shared/graph/graph.ts';
import { readersOf } from '../../../shared/graph/order.ts';
import { BELOW, CARD, STEP, type Places, type Point } from './card.ts';

/** The room beside a card, and below one that others than the next read: there edges run aslant. */
const BESIDE = 32;
const BELOW_BRANCH = 60;

/** Layers that follow one another without a branch, and by their index the runs that the first of them reads. */
interface Run {
  layers: string[];
  reads: number[];
}

/** Each layer of a run is read only by the next, which reads only it. */
function runsOf(nodes: readonly LayerNode[]): Run[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const readers = readersOf(nodes);
  const before = (id: string) => byId.get(id)!.inputs.filter((input) => byId.has(input));
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
  const all = nodes.filter(({ id }) => !inner.has(id)).map(({ id }) => run(id));
  const seen = new Set(all.flat());
  // A circle of layers has no beginning.
  for (const { id } of nodes) if (!seen.has(id)) all.push([id]);
  const runOf = new Map(all.flatMap((layers, i) => layers.map((id) => [id, i] as const)));
  const reads = (layers: string[], own: number): number[] => {
    const read = new Set(before(layers[0]!).map((id) => runOf.get(id)!));
    return [...read].filter((i) => i !== own);
  };
  return all.map((layers, i) => ({ layers, reads: reads(layers, i) }));
}

/** Runs that hang together, each list in the runs' order. */
function partsOf(runs: readonly Run[]): number[][] {
  const part = runs.map((_, i) => i);
  const root = (i: number): number => {
    while (part[i] !== i) i = part[i]!;
    return i;
  };
  runs.forEach(({ reads }, i) => {
    for (const read of reads) part[Math.max(root(i), root(read))] = Math.min(root(i), root(read));
  });
  return [...Map.groupBy(part.keys(), root).values()];
}

/** Every run behind those it reads and as late as can be; runs of a circle, and those before one, are left out. */
function latest(runs: readonly Run[], part: readonly number[]): number[] {
  const waiting = new Map(part.map((i) => [i, 0]));
  for (const i of part) for (const read of runs[i]!.reads) waiting.set(read, waiting.get(read)! + 1);
  const order = part.filter((i) => waiting.get(i) === 0).toReversed();
  // The list grows while it is walked.
  for (const i of order)
    for (const read of runs[i]!.reads) {
      const left = waiting.get(read)! - 1;
      waiting.set(read, left);
      if (left === 0) order.push(read);
    }
  return order.toReversed();
}

/**
 * A part of the model cut where all its paths meet: lists of runs, the last of each being the first of the next. Whatever a
 * list holds stands below its first and above its last.
 */
function blocksOf(runs: readonly Run[], part: readonly number[]): number[][] {
  const order = latest(runs, part);
  if (order.length < part.length) return [[...part]];
  const at = new Map(order.map((i, position) => [i, position]));
  const reach = order.map((_, position) => position);
  for (const i of order)
    for (const read of runs[i]!.reads) reach[at.get(read)!] = Math.max(reach[at.get(read)!]!, at.get(i)!);
  const blocks: number[][] = [];
  let begin = 0;
  let furthest = reach[0]!;
  for (let position = 1; position < order.length; position++) {
    if (furthest <= position) {
      blocks.push(order.slice(begin, position + 1));
      begin = position;
    }
    furthest = Math.max(furthest, reach[position]!);
  }
  if (blocks.length === 0 || begin < order.length - 1) blocks.push(order.slice(begin));
  return blocks;
}

/** The upper left corners dagre found, by what the box and its connections look like. */
const found = new Map<string, readonly Point[]>();
const REMEMBERED = 1000;

/** Places boxes of one width. `edges` lead from one to another by their index. */
function placeBoxes(
  heights: readonly number[],
  edges: readonly (readonly [number, number])[],
): readonly Point[] {
  if (heights.length === 1) return [{ x: 0, y: 0 }];
  const key = `${heights.join()} ${edges.join(';')}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const drawing = new Graph();
  drawing.setGraph({ rankdir: 'TB', nodesep: BESIDE, ranksep: BELOW_BRANCH, rankalign: 'top' });
  drawing.setDefaultEdgeLabel(() => ({}));
  heights.forEach((height, i) => drawing.setNode(String(i), { width: CARD.width, height }));
  for (const [from, to] of edges) drawing.setEdge(String(from), String(to));
  layout(drawing);
  const places = heights.map((height, i) => {
    const { x = 0, y = 0 } = drawing.node(String(i)) as Partial<Point>;
    return { x: Math.round(x - CARD.width / 2), y: Math.round(y - height / 2) };
  });
  if (found.size >= REMEMBERED) found.clear();
  found.set(key, places);
  return places;
}

/** Places for the runs of a part, by their index. */
function placePart(runs: readonly Run[], part: readonly number[]): Map<number, Point> {
  const places = new Map<number, Point>();
  for (const block of blocksOf(runs, part)) {
    const index = new Map(block.map((i, own) => [i, own]));
    const first = places.get(block[0]!);
    const edges = block.flatMap((i, own) => {
      const reads = runs[i]!.reads.flatMap((read) => index.get(read) ?? []);
      // What begins here, a second Input, stands below what the block begins with.
      const from = reads.length === 0 && first !== undefined && own > 0 ? [0] : reads;
      return from.map((read) => [read, own] as const);
    });
    const boxes = placeBoxes(
      block.map((i) => runs[i]!.layers.length * STEP - BELOW),
      edges,
    );
    const [origin] = boxes as [Point];
    const { x, y } = first ?? { x: 0, y: 0 };
    block.forEach((i, own) =>
      places.set(i, { x: boxes[own]!.x - origin.x + x, y: boxes[own]!.y - origin.y + y }),
    );
  }
  return places;
}

/** Places for all layers, the first at the origin; what does not hang together stands side by side. */
export function arrange(nodes: readonly LayerNode[]): Places {
  const runs = runsOf(nodes);
  const places = new Map<string, Point>();
  let right = 0;
  for (const part of partsOf(runs)) {
    const own = placePart(runs, part);
    const left = Math.min(...[...own.values()].map(({ x }) => x));
    const top = Math.min(...[...own.values()].map(({ y }) => y));
    for (const [i, { x, y }] of own)
      runs[i]!.layers.forEach((id, step) =>
        places.set(id, { x: x - left + right, y: y - top + step * STEP }),
      );
    right += Math.max(...[...own.values()].map(({ x }) => x)) - left + CARD.width + BESIDE;
  }
  return fromOrigin(places, nodes[0]?.id);
}

/** The same with the first layer at the origin, so that it stays where it is while others come and go. */
function fromOrigin(places: Map<string, Point>, first: string | undefined): Places {
  const origin = first === undefined ? undefined : places.get(first);
  if (origin === undefined) return places;
  return new Map([...places].map(([id, { x, y }]) => [id, { x: x - origin.x, y: y - origin.y }]));
}
