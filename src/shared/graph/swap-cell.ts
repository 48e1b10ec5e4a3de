/** Another cell in place of a model's own, for a controlled comparison: nothing but the recurrent layers differs. */
import { findLayer, layerDefinition } from '../layers/index.ts';
import { analyse } from './analyse.ts';
import { configure, renameNode, uniqueName } from './edit.ts';
import type { LayerNode, ModelGraph } from './graph.ts';

export const CELLS = ['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'] as const;
export type CellType = (typeof CELLS)[number];

/** A recurrent layer's cell: its own, or that of the layer a Bidirectional wraps. */
interface Cell {
  type: CellType;
  config: Record<string, unknown>;
}

const isCell = (type: unknown): type is CellType => CELLS.includes(type as CellType);

function cellOf(node: LayerNode): Cell | null {
  const { layer } = node.config as { layer?: Cell };
  if (isCell(node.type)) return { type: node.type, config: node.config };
  return node.type === 'Bidirectional' && layer && isCell(layer.type) ? layer : null;
}

/** Both directions of a Bidirectional get the same cell. */
function withCell(node: LayerNode, cell: Cell): LayerNode {
  if (node.type !== 'Bidirectional') return { ...node, type: cell.type, config: cell.config };
  const { backward_layer: _, ...config } = node.config;
  return { ...node, config: { ...config, layer: cell } };
}

const hasBackwardLayer = ({ config }: LayerNode): boolean => (config.backward_layer ?? null) !== null;

export interface SwappedModel {
  graph: ModelGraph;
  /** The ids of the layers that were swapped, as they are in the new model; empty where there was nothing to swap. */
  swapped: string[];
  /** Settings the new cell does not have: `recurrent_dropout of lstm`. */
  lost: string[];
  parametersBefore: number;
  parametersAfter: number;
  /** False where the count was to be matched but the layers around need the size there is. */
  matched: boolean;
}

/**
 * A new model in which every recurrent layer has a cell of another kind. Settings both kinds know stay; layers with Keras's
 * automatic name get that of the new kind.
 * @param match choose the units so that the whole model has as nearly as many parameters as before; layers keep their
 * proportions, to two units
 */
export function swapCells(graph: ModelGraph, to: CellType, match = false): SwappedModel {
  const lost: string[] = [];
  let swapped: ModelGraph = { ...graph, name: nameFor(graph, to) };
  const ids: string[] = [];
  for (const node of graph.nodes) {
    const cell = cellOf(node);
    if (!cell || (cell.type === to && !hasBackwardLayer(node))) continue;
    const { config, unknown } = carriedOver(cell, to);
    lost.push(...unknown.map((name) => `${name} of ${node.id}`));
    if (hasBackwardLayer(node)) lost.push(`backward_layer of ${node.id}`);
    const swap = (one: LayerNode): LayerNode =>
      one.id === node.id ? withCell(one, { type: to, config }) : one;
    swapped = { ...swapped, nodes: swapped.nodes.map(swap) };
    const id = nameInPlace(swapped, node, to);
    swapped = renameNode(swapped, node.id, id);
    ids.push(id);
  }
  const before = analyse(graph);
  const sized = match ? matchUnits(swapped, ids, before.parameters) : swapped;
  return {
    graph: sized ?? swapped,
    swapped: ids,
    lost,
    parametersBefore: before.parameters,
    parametersAfter: analyse(sized ?? swapped).parameters,
    matched: sized !== null,
  };
}

/** The settings both kinds know, and the names of those that are set and that the new one does not. */
function carriedOver(
  { type, config }: Cell,
  to: CellType,
): { config: Record<string, unknown>; unknown: string[] } {
  const defaults = layerDefinition(type).schema.parse({ units: 1 });
  const known = layerDefinition(to).parameters;
  const unknown = Object.keys(config).filter((name) => !(name in known) && config[name] !== defaults[name]);
  return { config: Object.fromEntries(Object.entries(config).filter(([name]) => name in known)), unknown };
}

/** Keras's automatic name of the new kind for a layer that has the old one's, else the name it has. */
function nameInPlace(graph: ModelGraph, { id, type }: LayerNode, to: CellType): string {
  const { baseName } = layerDefinition(type);
  const automatic = type !== 'Bidirectional' && new RegExp(`^${baseName}(_\\d+)?$`).test(id);
  return automatic ? uniqueName(graph, layerDefinition(to).baseName) : id;
}

const wordFor = (type: CellType): string => layerDefinition(type).baseName.replaceAll('_', '-');

/** `lecture-lstm` becomes `lecture-gru`, `my-model` becomes `my-model-gru`. */
function nameFor({ name, nodes }: ModelGraph, to: CellType): string {
  const kinds = [...new Set(nodes.flatMap((node) => cellOf(node)?.type ?? []))];
  const [only] = kinds;
  const word = only && kinds.length === 1 ? wordFor(only) : null;
  const renamed = word && name.includes(word) ? name.replace(word, wordFor(to)) : `${name}-${wordFor(to)}`;
  return renamed.slice(0, 200);
}

const unitsOf = (node: LayerNode): number => Number(cellOf(node)?.config.units ?? 0);

function withUnits(graph: ModelGraph, units: ReadonlyMap<string, number>): ModelGraph {
  return [...units].reduce((sized, [id, size]) => {
    const node = sized.nodes.find((one) => one.id === id)!;
    const cell = cellOf(node)!;
    const { config } = withCell(node, { ...cell, config: { ...cell.config, units: size } });
    return configure(sized, [id], config);
  }, graph);
}

/** How far a layer's units may be from its share of the common scale, to come nearer to the count. */
const SLACK = 2;

/** The model with other units, or null where its other layers do not fit any. */
function matchUnits(graph: ModelGraph, ids: readonly string[], target: number): ModelGraph | null {
  const nodes = graph.nodes.filter(({ id }) => ids.includes(id));
  const known = analyse(graph).problems.length;
  const excess = (units: ReadonlyMap<string, number>): number =>
    analyse(withUnits(graph, units)).parameters - target;
  const scaled = (scale: number): Map<string, number> =>
    new Map(nodes.map((node) => [node.id, Math.max(1, Math.round(unitsOf(node) * scale))]));
  let [low, high] = [1 / 64, 64];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (excess(scaled(middle)) > 0) high = middle;
    else low = middle;
  }
  const start = Math.abs(excess(scaled(low))) <= Math.abs(excess(scaled(high))) ? scaled(low) : scaled(high);
  const sized = withUnits(
    graph,
    nearest(start, (units) => Math.abs(excess(units))),
  );
  return analyse(sized).problems.length > known ? null : sized;
}

/** Changes one layer's units at a time, by one, as long as that comes nearer. */
function nearest(
  start: ReadonlyMap<string, number>,
  distance: (units: ReadonlyMap<string, number>) => number,
): ReadonlyMap<string, number> {
  let best = start;
  let least = distance(best);
  for (let better = true; better;) {
    better = false;
    for (const [id, centre] of start) {
      for (const step of [-1, 1]) {
        const size = best.get(id)! + step;
        if (size < 1 || Math.abs(size - centre) > SLACK) continue;
        const tried = new Map(best).set(id, size);
        const far = distance(tried);
        if (far >= least) continue;
        [best, least, better] = [tried, far, true];
      }
    }
  }
  return best;
}

/** Whether there is anything to swap. */
export const hasCells = (graph: ModelGraph): boolean =>
  graph.nodes.some((node) => findLayer(node.type)?.family === 'recurrent');
