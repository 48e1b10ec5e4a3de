import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LayerNode, ModelGraph } from '../../../../../src/shared/graph/graph.ts';
import { chain } from '../../../../../src/shared/graph/templates.ts';
import { CARD, STEP } from '../../../../../src/renderer/screens/build/card.ts';
import { arranged, makeRoom, place, placesOf } from '../../../../../src/renderer/screens/build/layout.ts';
import {
  fit,
  neighbour,
  reveal,
  toCanvas,
  zoomBy,
} from '../../../../../src/renderer/screens/build/viewport.ts';

const column = (length: number): ModelGraph =>
  chain(
    'column',
    Array.from({ length }, (_, i) => [`dense_${i}`, i === 0 ? 'Input' : 'Dense', {}]),
  );
const layer = (id: string, inputs: string[]): LayerNode => ({
  id,
  type: inputs.length > 1 ? 'Add' : 'Dense',
  config: {},
  inputs,
});
const branched: ModelGraph = {
  ...column(0),
  nodes: [
    layer('input', []),
    layer('left', ['input']),
    layer('right', ['input']),
    layer('more', ['right']),
    layer('add', ['left', 'more']),
  ],
};

const overlap = (graph: ModelGraph): boolean => {
  const all = [...placesOf(graph).values()];
  return all.some((a, i) =>
    all.slice(i + 1).some((b) => Math.abs(a.x - b.x) < CARD.width && Math.abs(a.y - b.y) < CARD.height),
  );
};

test('a chain stands in one column, evenly spaced, the first at the origin', () => {
  const places = [...placesOf(column(4)).values()];
  expect(places).toEqual([0, 1, 2, 3].map((i) => ({ x: 0, y: i * STEP })));
});

test('branches stand side by side, every layer below what it reads, none on another', () => {
  const places = placesOf(branched);
  expect(places.get('left')!.x).not.toBe(places.get('right')!.x);
  for (const { id, inputs } of branched.nodes)
    for (const input of inputs) expect(places.get(id)!.y).toBeGreaterThan(places.get(input)!.y);
  expect(overlap(branched)).toBe(false);
});

test('a circle, which has no top, is arranged as well', () => {
  const circle = { ...branched, nodes: [layer('a', ['b']), layer('b', ['a'])] };
  expect(placesOf(circle).size).toBe(2);
});

test('a layer that was moved keeps all where they are until the model is arranged again', () => {
  const moved = place(branched, new Map([['add', { x: 7, y: 900 }]]));
  expect(placesOf(moved).get('add')).toEqual({ x: 7, y: 900 });
  expect(placesOf(moved).get('left')).toEqual(placesOf(branched).get('left'));
  expect(arranged(moved)).toEqual(branched);
});

test('a layer inserted among placed ones pushes down what would stand on it', () => {
  const placed = place(column(3), new Map());
  const inserted = { ...layer('new', ['dense_1']) };
  const nodes = [...placed.nodes.slice(0, 2), inserted, { ...placed.nodes[2]!, inputs: ['new'] }];
  const graph = makeRoom({ ...placed, nodes }, 'new');
  expect(overlap(graph)).toBe(false);
  expect(placesOf(graph).get('new')).toEqual({ x: 0, y: 2 * STEP });
});

test('whatever reads what, no card stands on another and every one below all it reads', () => {
  const inputs = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 40 });
  const near = fc.array(fc.array(fc.nat({ max: 4 }), { maxLength: 2 }), { minLength: 1, maxLength: 60 });
  const graphs = fc.oneof(
    inputs.map((reads) => reads.map((each, i) => each.map((read) => read % Math.max(1, i)))),
    near.map((reads) => reads.map((each, i) => each.map((back) => Math.max(0, i - 1 - back)))),
  );
  fc.assert(
    fc.property(graphs, (reads) => {
      const nodes = reads.map((each, i) =>
        layer(`l${i}`, i === 0 ? [] : [...new Set(each)].map((read) => `l${read}`)),
      );
      const graph = { ...column(0), nodes };
      const places = placesOf(graph);
      expect(places.size).toBe(nodes.length);
      expect(places.get('l0')).toEqual({ x: 0, y: 0 });
      for (const { id, inputs: read } of nodes)
        for (const input of read)
          expect(places.get(id)!.y).toBeGreaterThanOrEqual(places.get(input)!.y + STEP);
      expect(overlap(graph)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

/** Blocks of three layers, each added to what it read; `changed` has a layer more in the middle. */
function residual(changed: boolean): ModelGraph {
  const nodes = [layer('start', [])];
  for (let i = 0; nodes.length < 200; i++) {
    const last = nodes.at(-1)!.id;
    nodes.push(layer(`a${i}`, [last]), layer(`b${i}`, [`a${i}`]));
    if (changed && i === 30) nodes.push(layer('more', [`b${i}`]));
    nodes.push(layer(`add${i}`, [nodes.at(-1)!.id, last]));
  }
  return { ...column(0), nodes };
}

test.each([
  [
    'in long branches',
    () =>
      Array.from({ length: 200 }, (_, i) =>
        layer(`l${i}`, i === 0 ? [] : i % 20 === 19 ? [`l${i - 1}`, `l${i - 12}`] : [`l${i - 1}`]),
      ),
  ],
  ['of which every third adds what was two before', () => residual(false).nodes],
])('two hundred layers %s are arranged within a frame, also the first time', (_, nodesOf) => {
  const graph = { ...column(0), nodes: nodesOf() };
  placesOf(residual(true));
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now();
    placesOf(graph);
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(8);
});

test('a layer put between two moves what follows, and nothing else', () => {
  const [before, after] = [placesOf(residual(false)), placesOf(residual(true))];
  expect(after.get('b29')).toEqual(before.get('b29'));
  expect(after.get('add40')!.x).toBe(before.get('add40')!.x);
  expect(after.get('add40')!.y - before.get('add40')!.y).toBe(STEP);
});

const SIZE = { width: 800, height: 600 };

test('fitting shows every card, and no larger than it is', () => {
  expect(fit([{ x: 0, y: 0 }], SIZE).zoom).toBe(1);
  const { x, y, zoom } = fit(placesOf(column(30)).values(), SIZE);
  expect(zoom).toBeLessThan(1);
  expect(y).toBeGreaterThan(0);
  expect(y + 30 * STEP * zoom).toBeLessThan(SIZE.height + STEP * zoom);
  expect(x).toBeGreaterThan(0);
});

test('what is led to comes into sight with the least move; what is in sight stays', () => {
  const view = { x: 0, y: 0, zoom: 1 };
  expect(reveal({ x: 100, y: 100 }, SIZE, view)).toEqual(view);
  const { y } = reveal({ x: 100, y: 2000 }, SIZE, view);
  expect(2000 + y + CARD.height).toBeLessThanOrEqual(SIZE.height);
});

test('zooming keeps the middle in place', () => {
  const view = { x: 30, y: -50, zoom: 0.8 };
  const middle = { x: 400, y: 300 };
  const before = toCanvas(middle, { x: 0, y: 0 }, view);
  const after = toCanvas(middle, { x: 0, y: 0 }, zoomBy(1.25, SIZE, view));
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
});

test('arrow keys lead to the layer that lies there', () => {
  const places = placesOf(branched);
  const [west, east] = places.get('left')!.x < places.get('right')!.x ? ['left', 'right'] : ['right', 'left'];
  expect(neighbour(places, west!, 'right')).toBe(east);
  expect(neighbour(places, 'right', 'up')).toBe('input');
  expect(neighbour(places, 'right', 'down')).toBe('more');
  expect(neighbour(places, 'input', 'up')).toBeNull();
});
