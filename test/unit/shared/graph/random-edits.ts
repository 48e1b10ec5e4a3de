/** Random edits of any kind, for properties that must hold whatever a user does. */
import fc from 'fast-check';
import { copyLayers, pasteLayers } from '../../../../src/shared/graph/clipboard.ts';
import {
  connect,
  connectionsOf,
  disconnect,
  insertOnConnection,
  reconnect,
} from '../../../../src/shared/graph/connect.ts';
import {
  addNode,
  configure,
  duplicateNode,
  insertAfter,
  moveAfter,
  newNode,
  placeNodes,
  removeNodes,
  renameNode,
  uniqueName,
} from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { inOrder } from '../../../../src/shared/graph/order.ts';
import { templates } from '../../../../src/shared/graph/templates.ts';
import { layerDefinitions } from '../../../../src/shared/layers/index.ts';

type Edit = (graph: ModelGraph) => ModelGraph;

const place = fc.nat(30);
const type = fc.constantFrom(...layerDefinitions.map((layer) => layer.type));
const someId = ({ nodes }: ModelGraph, at: number): string =>
  nodes[at % Math.max(1, nodes.length)]?.id ?? 'none';
const someIds = (graph: ModelGraph, places: readonly number[]): string[] => [
  ...new Set(places.map((at) => someId(graph, at))),
];

/** An edit whose choices are numbers, which mean something in whatever graph it meets. */
const edit = <T extends unknown[]>(
  choices: { [K in keyof T]: fc.Arbitrary<T[K]> },
  change: (graph: ModelGraph, ...chosen: T) => ModelGraph,
): fc.Arbitrary<Edit> =>
  fc.tuple<T>(...choices).map(
    (chosen): Edit =>
      (graph) =>
        change(graph, ...chosen),
  );

const onConnection = (
  graph: ModelGraph,
  at: number,
  change: (connection: ReturnType<typeof connectionsOf>[number]) => ModelGraph,
): ModelGraph => {
  const all = connectionsOf(graph);
  return all.length === 0 ? graph : change(all[at % all.length]!);
};

const someSettings = fc.record(
  { units: fc.integer({ min: 1, max: 64 }), activation: fc.constantFrom('tanh', 'relu', undefined) },
  { requiredKeys: [] },
);
const coordinate = fc.integer({ min: -1000, max: 1000 });

export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  edit([type], (graph, added) => addNode(graph, newNode(graph, added))),
  edit([type, place], (graph, added, at) =>
    insertAfter(graph, newNode(graph, added), graph.nodes.length ? someId(graph, at) : null),
  ),
  edit([type, place], (graph, added, at) =>
    onConnection(graph, at, (connection) => insertOnConnection(graph, newNode(graph, added), connection)),
  ),
  edit([place, place], (graph, from, to) => connect(graph, someId(graph, from), someId(graph, to))),
  edit([place, place, place], (graph, at, from, to) =>
    onConnection(graph, at, (connection) =>
      reconnect(graph, connection, someId(graph, from), someId(graph, to)),
    ),
  ),
  edit([place], (graph, at) => onConnection(graph, at, (connection) => disconnect(graph, connection))),
  edit([place, coordinate, coordinate], (graph, at, x, y) =>
    placeNodes(graph, { [someId(graph, at)]: { x, y } }),
  ),
  edit([fc.array(place, { maxLength: 4 }), someSettings], (graph, places, settings) =>
    configure(graph, someIds(graph, places), settings),
  ),
  edit([fc.array(place, { maxLength: 3 })], (graph, places) => removeNodes(graph, someIds(graph, places))),
  edit([place, place], (graph, from, to) => moveAfter(graph, someId(graph, from), someId(graph, to))),
  edit([place], (graph, at) => duplicateNode(graph, someId(graph, at))),
  edit([place], (graph, at) => renameNode(graph, someId(graph, at), uniqueName(graph, 'renamed'))),
  edit([fc.array(place, { minLength: 1, maxLength: 4 }), place], (graph, places, at) => {
    const copied = copyLayers(graph, someIds(graph, places));
    return pasteLayers(graph, copied, { after: at % 2 ? someId(graph, at) : null }).graph;
  }),
  fc.constant<Edit>(inOrder),
  fc.constantFrom(...templates).map(
    ({ graph: other }): Edit =>
      () =>
        other,
  ),
  fc.string({ minLength: 1, maxLength: 8 }).map((name): Edit => (graph) => ({ ...graph, name })),
);
