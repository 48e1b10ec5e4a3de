/** Two models side by side, layer by layer: what is the same, changed, added, removed. */
import type { ModelDifference } from '../contract/compare.ts';
import { formatSetting } from '../format.ts';
import { analyse } from '../graph/analyse.ts';
import type { ModelGraph } from '../graph/graph.ts';

type Layer = NonNullable<ModelDifference['rows'][number]['first']>;
type Row = ModelDifference['rows'][number];

interface Known {
  layer: Layer;
  config: Record<string, unknown>;
}

/** The layers of a model in an order in which inputs come before what reads them. */
function layersOf(graph: ModelGraph): Known[] {
  const { order, nodes } = analyse(graph);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  return order.flatMap((id) => {
    const known = nodes.get(id);
    const node = byId.get(id);
    if (!known || !node) return [];
    const { definition, config, shape, parameters } = known;
    const layer: Layer = {
      id,
      type: node.type,
      family: definition.family,
      shape: shape === null ? '?' : `(${shape.map((size) => size ?? 'None').join(', ')})`,
      parameters,
    };
    return [{ layer, config }];
  });
}

/** How alike two layers are: the same kind most, the same family a little; 0: not to be put side by side. */
function likeness(a: Known, b: Known): number {
  if (a.layer.type !== b.layer.type) return a.layer.family === b.layer.family ? 2 : 0;
  return changesOf(a, b).length === 0 ? 4 : 3;
}

/** The pairing of layers, in order, with the greatest likeness in all (Needleman and Wunsch 1970). */
function paired(first: readonly Known[], second: readonly Known[]): [Known | null, Known | null][] {
  const best = Array.from({ length: first.length + 1 }, () => new Float64Array(second.length + 1));
  for (let i = first.length - 1; i >= 0; i--)
    for (let j = second.length - 1; j >= 0; j--) {
      const alike = likeness(first[i]!, second[j]!);
      const together = alike > 0 ? alike + best[i + 1]![j + 1]! : 0;
      best[i]![j] = Math.max(together, best[i + 1]![j]!, best[i]![j + 1]!);
    }
  const pairs: [Known | null, Known | null][] = [];
  let i = 0;
  let j = 0;
  while (i < first.length && j < second.length) {
    const alike = likeness(first[i]!, second[j]!);
    if (alike > 0 && best[i]![j] === alike + best[i + 1]![j + 1]!) pairs.push([first[i++]!, second[j++]!]);
    else if (best[i]![j] === best[i + 1]![j]!) pairs.push([first[i++]!, null]);
    else pairs.push([null, second[j++]!]);
  }
  for (; i < first.length; i++) pairs.push([first[i]!, null]);
  for (; j < second.length; j++) pairs.push([null, second[j]!]);
  return pairs;
}

/** Parameters that differ, defaults filled in; one that only one of two kinds has is left out. */
function changesOf(a: Known, b: Known): Row['changes'] {
  const changes = Object.keys(a.config)
    .filter((name) => name in b.config)
    .map((name) => ({
      name,
      from: formatSetting(a.config[name]),
      to: formatSetting(b.config[name]),
    }))
    .filter(({ from, to }) => from !== to);
  const type = { name: 'type', from: a.layer.type, to: b.layer.type };
  return a.layer.type === b.layer.type ? changes : [type, ...changes];
}

function rowOf([first, second]: [Known | null, Known | null]): Row {
  const changes = first && second ? changesOf(first, second) : [];
  const sides = { first: first?.layer ?? null, second: second?.layer ?? null, changes };
  if (!first) return { kind: 'added', ...sides };
  if (!second) return { kind: 'removed', ...sides };
  return { kind: changes.length > 0 ? 'changed' : 'same', ...sides };
}

/** @param first the baseline's model */
export function modelDifference(first: ModelGraph, second: ModelGraph): ModelDifference {
  return { rows: paired(layersOf(first), layersOf(second)).map(rowOf) };
}
