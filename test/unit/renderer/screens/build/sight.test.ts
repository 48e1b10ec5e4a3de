import { expect, test } from 'vitest';
import { connectionsOf } from '../../../../../src/shared/graph/connect.ts';
import { STEP } from '../../../../../src/renderer/screens/build/card.ts';
import { placesOf } from '../../../../../src/renderer/screens/build/layout.ts';
import { drawnIn, sameRegion, sightOf } from '../../../../../src/renderer/screens/build/sight.ts';
import { longModel } from '../../../shared/graph/long-model.ts';

const SIZE = { width: 800, height: 700 };
const chain = longModel(200);
const ids = chain.nodes.map(({ id }) => id);
/** As if the card at this place of the chain stood at the upper edge. */
const at = (index: number, zoom = 1) => ({ x: 300, y: -index * STEP * zoom, zoom });
const drawn = (index: number, kept: readonly string[] = [], graph = chain) =>
  drawnIn(sightOf(at(index), SIZE), placesOf(graph), connectionsOf(graph), kept);

test('of a long model the cards in sight are drawn, with some beyond, and the edges at all of them', () => {
  const { cards, edges } = drawn(100);
  const inSight = ids.slice(100, 100 + Math.ceil(SIZE.height / STEP));
  expect([...cards]).toEqual(expect.arrayContaining(inSight));
  expect(cards.size).toBeLessThan(3 * inSight.length);
  for (const { from, to } of edges) expect(cards.has(from) && cards.has(to)).toBe(true);
  for (const id of inSight) expect(edges.filter(({ from, to }) => from === id || to === id)).toHaveLength(2);
});

test('whatever is moved a little draws nothing anew, and far away more is drawn', () => {
  const moved = [0, 1, 2, 3].map((by) => sightOf({ ...at(100), y: at(100).y - by }, SIZE));
  expect(moved.filter((region) => sameRegion(region, moved[0]!)).length).toBeGreaterThan(1);
  const far = drawnIn(sightOf(at(100, 0.15), SIZE), placesOf(chain), connectionsOf(chain), []);
  expect(far.cards.size).toBeGreaterThan(drawn(100).cards.size);
});

test('what is selected or in the middle of a gesture is drawn wherever it is, with its edges', () => {
  const { cards, edges } = drawn(100, ['layer_3', 'gone']);
  expect(cards.has('layer_3') && cards.has('layer_2') && cards.has('layer_4')).toBe(true);
  expect(cards.has('layer_10') || cards.has('gone')).toBe(false);
  expect(edges).toContainEqual({ from: 'layer_3', to: 'layer_4', slot: 0 });
});

test('an edge that only passes through is drawn, from end to end', () => {
  const last = chain.nodes.at(-1)!;
  const joined = { ...last, id: 'add', type: 'Add', inputs: [last.id, 'layer_0'] };
  const graph = { ...chain, nodes: [...chain.nodes, joined] };
  const { cards, edges } = drawn(100, [], graph);
  expect(edges).toContainEqual({ from: 'layer_0', to: 'add', slot: 1 });
  expect(cards.has('layer_0') && cards.has('add')).toBe(true);
});

test('a canvas that is not yet measured draws little', () => {
  const region = sightOf({ x: 0, y: 0, zoom: 1 }, { width: 0, height: 0 });
  expect(drawnIn(region, placesOf(chain), connectionsOf(chain), []).cards.size).toBeLessThan(12);
});
