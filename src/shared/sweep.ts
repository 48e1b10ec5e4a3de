/**
 * Paired experiments: a run's settings with some of them varied, everything else (data, split, order, seed) the same. A
 * setting is named by its path, as filters name it: `training.seed`, `model.cell`, `layers.dense.units`; the last part is
 * enough where it is clear.
 */
import { z } from 'zod';
import { UnrollError } from './errors.ts';
import type { LayerNode, ModelGraph } from './graph/graph.ts';
import { complaint } from './issue-words.ts';
import { nearestName } from './query/fields.ts';
import { CELLS, swapCells, type CellType } from './graph/swap-cell.ts';
import { findLayer, layerDefinition } from './layers/index.ts';
import type { SettingValue } from './run-settings.ts';
import { preprocessingSchema, trainingSchema, type Preprocessing, type TrainingConfig } from './training.ts';

export interface SweepBase {
  graph: ModelGraph;
  preprocessing: Preprocessing;
  training: TrainingConfig;
}

export interface Variation extends SweepBase {
  /** What was varied, by path. */
  changes: Record<string, SettingValue>;
  /** `lstm-seed-2`: for the run's name. */
  label: string;
}

/** A combination that is not trained, for a run that is there already has all its settings. */
export const leftOutSchema = z.object({
  /** What its run would be called. */
  name: z.string(),
  /** The run that has them, by id and name. */
  run: z.string(),
  as: z.string(),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

export const settingValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** Paths and the values each takes; every combination is one run. */
export const gridSchema = z.record(z.string().min(1), z.array(settingValueSchema).min(1).max(100));
export type Grid = z.infer<typeof gridSchema>;

/** More than that nobody waits for, or has mistyped. */
const MOST_RUNS = 200;

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The dotted paths of a tree's leaves. */
function leafPaths(tree: Tree, path: string): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    isTree(value) ? leafPaths(value, `${path}.${key}`) : [`${path}.${key}`],
  );
}

/** Every path of the base that can be varied. */
export function variablePaths({ graph, preprocessing, training }: SweepBase): string[] {
  const cell = graph.nodes.some(({ type }) => layerDefinition(type).family === 'recurrent');
  return [
    ...(cell ? ['model.cell'] : []),
    ...leafPaths(training, 'training'),
    ...leafPaths(preprocessing, 'preprocessing'),
    ...graph.nodes.flatMap(({ id, type, config }) => {
      // All the layer has, stated or by default.
      const whole = layerDefinition(type).schema.safeParse(config).data ?? config;
      return leafPaths(whole as Tree, `layers.${id}`);
    }),
  ];
}

/** @throws UnrollError `input-invalid` where no setting, or more than one, is meant */
function resolvePath(name: string, paths: readonly string[]): string {
  if (paths.includes(name)) return name;
  const meant = paths.filter((path) => path.endsWith(`.${name}`));
  const first = meant.filter((path) => !path.startsWith('layers.'));
  const [path] = first.length > 0 ? first : meant;
  const several = first.length > 0 ? first.length : meant.length;
  if (path !== undefined && several === 1) return path;
  const near = nearestName(
    name,
    paths.map((one) => one.split('.').at(-1)!),
  );
  const unknown = `there is no setting of this name.${near === null ? '' : ` Did you mean ${near}?`}`;
  const reason = several > 1 ? `it may mean ${meant.join(' or ')}.` : unknown;
  throw new UnrollError('input-invalid', { what: name, reason });
}

function withLeaf(tree: Tree, [key, ...rest]: readonly string[], value: SettingValue): Tree {
  if (key === undefined) return tree;
  const inner = tree[key];
  return { ...tree, [key]: rest.length === 0 ? value : withLeaf(isTree(inner) ? inner : {}, rest, value) };
}

/** Parses what a changed setting made, so that a value out of range is named with its path. */
function parsed<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UnrollError('input-invalid', { what: path, reason: complaint(result.error).reason });
}

function withCell(graph: ModelGraph, value: SettingValue): ModelGraph {
  const wanted = String(value)
    .replaceAll(/[\s_-]/g, '')
    .toLowerCase();
  const cell = CELLS.find((one): one is CellType => one.toLowerCase() === wanted);
  if (cell === undefined) {
    const reason = `there is no cell ${String(value)}. Those there are: ${CELLS.join(', ')}.`;
    throw new UnrollError('input-invalid', { what: 'model.cell', reason });
  }
  const swapped = swapCells(graph, cell);
  // A model that has the cell already is the same model, by the same name.
  return swapped.swapped.length === 0 ? graph : swapped.graph;
}

function withLayerSetting(
  graph: ModelGraph,
  id: string,
  path: readonly string[],
  value: SettingValue,
  name: string,
) {
  const change = (node: LayerNode): LayerNode => {
    if (node.id !== id) return node;
    const config = withLeaf(node.config, path, value);
    // Only checked: what is not stated stays so, or it would show as a difference.
    parsed(layerDefinition(node.type).schema, config, name);
    return { ...node, config };
  };
  return { ...graph, nodes: graph.nodes.map(change) };
}

/** The base with one setting changed. */
function withSetting(base: SweepBase, path: string, value: SettingValue): SweepBase {
  const { graph, preprocessing, training } = base;
  if (path === 'model.cell') return { ...base, graph: withCell(graph, value) };
  const [part, ...rest] = path.split('.');
  if (part === 'training')
    return { ...base, training: parsed(trainingSchema, withLeaf(training, rest, value), path) };
  if (part === 'preprocessing')
    return {
      ...base,
      preprocessing: parsed(preprocessingSchema, withLeaf(preprocessing, rest, value), path),
    };
  const node = graph.nodes.find(({ id }) => path.startsWith(`layers.${id}.`))!;
  const inside = path.slice(`layers.${node.id}.`.length).split('.');
  return { ...base, graph: withLayerSetting(graph, node.id, inside, value, path) };
}

function labelOf(changes: readonly (readonly [path: string, value: SettingValue])[]): string {
  return changes
    .map(([path, value]) =>
      path === 'model.cell' ? String(value) : `${path.split('.').at(-1)}-${String(value ?? 'none')}`,
    )
    .join('-')
    .replaceAll(' ', '-')
    .toLowerCase();
}

/**
 * Every combination of the grid's values, the last path varying fastest.
 * @throws UnrollError `input-invalid` for a path or value there is not, or too many runs
 */
export function variations(base: SweepBase, grid: Grid): Variation[] {
  const paths = variablePaths(base);
  const axes = Object.entries(grid).map(
    ([name, values]) => [resolvePath(name, paths), [...new Set(values)]] as const,
  );
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (axes.length === 0 || count > MOST_RUNS) {
    const reason = axes.length === 0 ? 'nothing varies.' : `it makes ${count} runs, more than ${MOST_RUNS}.`;
    throw new UnrollError('input-invalid', { what: 'The experiment', reason });
  }
  let combinations: (readonly [string, SettingValue])[][] = [[]];
  for (const [path, values] of axes)
    combinations = combinations.flatMap((changes) =>
      values.map((value) => [...changes, [path, value] as const]),
    );
  return combinations.map((changes) => {
    // The cell comes last: it renames the layers that other paths name, and carries their settings over.
    const cellLast = changes.toSorted(([a], [b]) => Number(a === 'model.cell') - Number(b === 'model.cell'));
    const made = cellLast.reduce((so, [path, value]) => withSetting(so, path, value), base);
    return { ...made, changes: Object.fromEntries(changes), label: labelOf(changes) };
  });
}

/**
 * One text for all that decides how a training goes on the same data: trainings with the same text end in the same weights.
 * A setting that a layer states is as one that it has by default; where a layer is drawn and what the model is called are left
 * out.
 */
export function experimentKey({ graph, preprocessing, training }: SweepBase): string {
  const nodes = graph.nodes.map(({ id, type, config, inputs }) => {
    const whole = findLayer(type)?.schema.safeParse(config).data ?? config;
    return [id, type, whole, inputs];
  });
  return JSON.stringify([nodes, preprocessingSchema.parse(preprocessing), trainingSchema.parse(training)]);
}

/** Which combinations were left out, by name, as one sentence; empty where none were. @param most names said */
export function leftOutText(leftOut: readonly LeftOut[], most = Infinity): string {
  if (leftOut.length === 0) return '';
  const all = [...new Set(leftOut.map(({ name, as }) => (name === as ? name : `${name} (it is ${as})`)))];
  const names = all.slice(0, most);
  const more = all.length > names.length ? ` and ${all.length - names.length} more` : '';
  return `Not trained again, as the same run is there already: ${names.join(', ')}${more}.`;
}
