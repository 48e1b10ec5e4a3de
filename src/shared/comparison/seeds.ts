/** Runs that differ only in their seed belong together: their spread says what chance alone does to a result. */
import type { Comparison } from '../contract/compare.ts';
import type { Run } from '../contract/runs.ts';
import { pairedT, wilcoxon } from '../statistics/paired.ts';
import { pairedWords } from '../statistics/words.ts';
import { notComparable } from './comparable.ts';

export type SeedGroup = Comparison['groups'][number];

/** All that decides a run's result except its seed, as text. Names, engine and machine decide nothing. */
function withoutSeed({ graph, dataset, preprocessing, training, parent }: Run): string {
  const place = new Map(graph.nodes.map(({ id }, index) => [id, index]));
  const layers = graph.nodes.map(({ type, config, inputs }) => [
    type,
    config,
    inputs.map((id) => place.get(id)),
  ]);
  // Each seed that was continued has its own parent, and its best weights are of an epoch of their own.
  const start = parent && [parent.checkpoint, parent.checkpoint === 'best' || parent.epoch];
  return JSON.stringify([layers, dataset.hash, preprocessing, { ...training, seed: 0 }, start]);
}

/**
 * Groups in the order of their first run, those of one run too; each is named after its model. A seed is in a group once: what
 * was trained with it again, on another engine say, tells nothing of chance.
 */
export function groupsBySeed(runs: readonly Run[]): SeedGroup[] {
  const seedOf = (run: number): number => runs[run]!.training.seed;
  const groups = [...Map.groupBy(runs.keys(), (run) => withoutSeed(runs[run]!)).values()].flatMap((alike) => {
    const once = (members: readonly number[]) => new Set(members.map(seedOf)).size === members.length;
    if (once(alike)) return [{ name: runs[alike[0]!]!.model, runs: alike }];
    const byEngine = [...Map.groupBy(alike, (run) => runs[run]!.engine)];
    return byEngine.flatMap(([engine, own]) => {
      const model = runs[own[0]!]!.model;
      const name = byEngine.length > 1 ? `${model} on ${engine}` : model;
      return repeatsApart(own, seedOf).map((members) => ({ name, runs: members }));
    });
  });
  groups.sort((one, other) => one.runs[0]! - other.runs[0]!);
  return distinctlyNamed(groups.map((group) => ({ ...group, seeds: group.runs.map(seedOf) })));
}

/** The first runs of each seed, the second ones, and so on. */
function repeatsApart(runs: readonly number[], seedOf: (run: number) => number): number[][] {
  const bySeed = [...Map.groupBy(runs, seedOf).values()];
  const most = Math.max(...bySeed.map(({ length }) => length));
  return Array.from({ length: most }, (_, nth) =>
    bySeed.flatMap((repeats) => repeats[nth] ?? []).sort((a, b) => a - b),
  );
}

/** Two groups of one model are told apart by a number. */
function distinctlyNamed(groups: readonly SeedGroup[]): SeedGroup[] {
  return groups.map((group, index) => {
    const same = groups.slice(0, index).filter(({ name }) => name === group.name).length;
    return same === 0 ? group : { ...group, name: `${group.name} (${same + 1})` };
  });
}

/** What runs are judged by over seeds, the first that all have. */
const JUDGED_BY = ['val_acc', 'val_loss', 'acc', 'loss'];

/**
 * The baseline's group against each other whose values may be held against its own, seed by seed; none where no such other
 * was trained with more than one of its seeds.
 */
export function seedTests(
  runs: readonly Run[],
  groups: readonly SeedGroup[],
  metrics: Comparison['metrics'],
): Comparison['seedTests'] {
  const [baseline, ...others] = groups;
  const metric = JUDGED_BY.map((name) => metrics.find((one) => one.name === name)).find(Boolean);
  if (!baseline || !metric) return [];
  return others.flatMap((other) => {
    if (notComparable(runs[other.runs[0]!]!, runs[baseline.runs[0]!]!, metric.name) !== null) return [];
    const differences = baseline.seeds.flatMap((seed, i) => {
      const twin = other.seeds.indexOf(seed);
      const first = metric.best[baseline.runs[i]!];
      const second = twin < 0 ? null : metric.best[other.runs[twin]!];
      return first == null || second == null ? [] : [{ seed, difference: second - first }];
    });
    if (differences.length < 2) return [];
    const values = differences.map(({ difference }) => difference);
    const t = pairedT(values);
    const signed = wilcoxon(values);
    const words = pairedWords(t, signed, values.length);
    return [
      {
        baseline: baseline.name,
        other: other.name,
        metric: metric.name,
        differences,
        t,
        wilcoxon: signed,
        words,
      },
    ];
  });
}
