/** Everything a run was made with, as one value a path: what columns, filters and groups of the history can name. */
import type { Run } from './contract/runs.ts';
import type { LayerNode } from './graph/graph.ts';
import { findLayer } from './layers/index.ts';

export type SettingValue = string | number | boolean | null;
export type RunParts = Pick<Run, 'graph' | 'preprocessing' | 'training' | 'threads' | 'machine' | 'versions'>;

/** A recurrent layer as its cell and settings: that of a Bidirectional is the one it wraps. */
function recurrentCell(node: LayerNode): { type: string; config: Record<string, unknown> } | null {
  if (findLayer(node.type)?.family !== 'recurrent') return null;
  const wrapped = node.config['layer'];
  if (typeof wrapped !== 'object' || wrapped === null) return { type: node.type, config: node.config };
  const { type, class_name, config } = wrapped as Record<string, unknown>;
  return {
    type: String(type ?? class_name ?? node.type),
    config: typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {},
  };
}

/** What one asks of a recurrent model first: its cell (several with +), units, number of recurrent layers, direction. */
function modelFeatures({ nodes }: Run['graph']): Record<string, SettingValue> {
  const cells = nodes.flatMap((node) => recurrentCell(node) ?? []);
  const units = cells.map(({ config }) => config['units']).filter((value) => typeof value === 'number');
  return {
    'model.cell': cells.length === 0 ? null : [...new Set(cells.map(({ type }) => type))].join('+'),
    'model.units': units[0] ?? null,
    'model.recurrent_layers': cells.length,
    'model.layers': nodes.length,
    'model.bidirectional': nodes.some(({ type }) => type === 'Bidirectional'),
  };
}

/** Puts a value's leaves under dotted paths; arrays are written out as JSON. */
function putLeaves(into: Map<string, SettingValue>, path: string, value: unknown): void {
  if (Array.isArray(value)) into.set(path, JSON.stringify(value));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) putLeaves(into, `${path}.${key}`, child);
  } else into.set(path, (value ?? null) as SettingValue);
}

/** All a layer has, stated or by default; an unknown one what it states. */
function wholeConfig({ type, config }: LayerNode): Record<string, unknown> {
  return (findLayer(type)?.schema.safeParse(config).data as Record<string, unknown> | undefined) ?? config;
}

const known = new WeakMap<Run['graph'], ReadonlyMap<string, SettingValue>>();

/**
 * The settings of layers under their names, and under those Keras would give them: `layers.lstm_1.units` is of the second
 * LSTM of every model, whatever it is called there. Many runs share a model, so each is read once.
 */
function layerSettings(graph: Run['graph']): ReadonlyMap<string, SettingValue> {
  const before = known.get(graph);
  if (before !== undefined) return before;
  const settings = new Map<string, SettingValue>();
  const taken = new Set(graph.nodes.map(({ id }) => id));
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    const base = findLayer(node.type)?.baseName ?? node.type;
    const place = counts.get(base) ?? 0;
    counts.set(base, place + 1);
    const usual = place === 0 ? base : `${base}_${place}`;
    const config = wholeConfig(node);
    putLeaves(settings, `layers.${node.id}`, config);
    if (!taken.has(usual)) putLeaves(settings, `layers.${usual}`, config);
  }
  // What is off by default would only lengthen the list of columns.
  for (const [path, value] of settings) if (value === null) settings.delete(path);
  known.set(graph, settings);
  return settings;
}

/** All settings by path: `model.cell`, `layers.dense.units`, `training.optimizer.learning_rate`, `preprocessing.maxlen`. */
export function runSettings({ graph, threads, ...run }: RunParts): Map<string, SettingValue> {
  const settings = new Map(Object.entries(modelFeatures(graph)));
  putLeaves(settings, 'training', run.training);
  putLeaves(settings, 'preprocessing', run.preprocessing);
  for (const [path, value] of layerSettings(graph)) settings.set(path, value);
  settings.set('threads', threads);
  putLeaves(settings, 'machine', run.machine);
  putLeaves(settings, 'versions', run.versions);
  return settings;
}
