/** Saved runs side by side: their values, the settings in which they differ, and whether the comparison is fair. */
import { bestOf, betterIs } from './best.ts';
import { modelDifference } from './comparison/models.ts';
import { groupsBySeed, seedTests } from './comparison/seeds.ts';
import { commonSeeds, isControlled } from './comparison/verdict.ts';
import type { Comparison } from './contract/compare.ts';
import type { Curves, Run } from './contract/runs.ts';
import { divergenceOf } from './history/divergence.ts';
import { changedRow } from './history/rows.ts';

export interface ComparedRun {
  run: Run;
  /** By epoch. */
  curves: Curves;
}

/** @param compared the baseline first */
export function compareRuns(compared: readonly ComparedRun[]): Comparison {
  const runs = compared.map(({ run }) => run);
  const differences = settingsSideBySide(runs).filter(({ values }) => differs(values));
  const metrics = allMetrics(compared);
  const groups = groupsBySeed(runs);
  return {
    runs,
    curves: compared.map(({ curves }) => curves),
    metrics,
    differences,
    controlled: isControlled({ differences, groups }),
    cautions: [
      ...cautionsFor(runs, commonSeeds({ differences, groups }) !== null),
      ...runs.flatMap((run) => (run.parent ? `${run.name} began with the ${startOf(run)}.` : [])),
      ...divergences(runs),
      ...curveCautions(compared, metrics),
    ],
    groups,
    seedTests: seedTests(runs, groups, metrics),
    models: runs.map(({ graph }) => modelDifference(runs[0]!.graph, graph)),
  };
}

/** Every metric any of the runs has, in the order they first occur. */
function allMetrics(compared: readonly ComparedRun[]): Comparison['metrics'] {
  const names = [...new Set(compared.flatMap(({ curves }) => Object.keys(curves.series)))];
  return names.map((name) => {
    const columns = compared.map(({ curves }) => ({ values: curves.series[name] ?? [], epochs: curves.x }));
    const bests = columns.map(({ values, epochs }) => bestOf(name, values, epochs));
    return {
      name,
      better: betterIs(name),
      last: columns.map(({ values }) => values.at(-1) ?? null),
      best: bests.map((best) => best?.value ?? null),
      bestEpoch: bests.map((best) => best?.epoch ?? null),
    };
  });
}

/** The weights a run that continues another began with: `last weights of simple-s1, epoch 5`. */
const startOf = ({ parent }: Run): string | null =>
  parent && `${parent.checkpoint} weights of ${parent.name}, epoch ${parent.epoch}`;

/**
 * What makes a run what it is, apart from names and results.
 * @param byPosition layers are told apart by their place (`layers.3`) and not by name, so that a cell swapped for another, which
 *   has another name, is one layer of another type
 */
function settingsOf(run: Run, byPosition: boolean): Record<string, unknown> {
  const { nodes } = run.graph;
  const keys = new Map(nodes.map(({ id }, index) => [id, byPosition ? String(index + 1) : id]));
  const keyOf = (id: string): string => keys.get(id) ?? id;
  const layers = nodes.map(({ id, type, config, inputs }) => [
    keyOf(id),
    { type, config, inputs: inputs.map(keyOf) },
  ]);
  return {
    model: run.model,
    layers: Object.fromEntries(layers) as Record<string, unknown>,
    data: { name: run.dataset.name, hash: run.dataset.hash },
    preprocessing: run.preprocessing,
    training: run.training,
    parent: startOf(run),
    engine: run.engine,
    threads: run.threads,
    machine: run.machine,
    versions: run.versions,
  };
}

/** A value's leaves by dotted path. Arrays are leaves, and so is an empty object. */
function flatten(value: unknown, path = ''): [path: string, leaf: unknown][] {
  const isTree =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isTree) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => flatten(child, path ? `${path}.${key}` : key));
}

const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const differs = (values: readonly unknown[]): boolean => values.some((value) => !sameValue(value, values[0]));

/** Every path of any tree, in the order they first occur, with what each tree holds there; null where it has none. */
function leavesSideBySide(trees: readonly Record<string, unknown>[]): Comparison['differences'] {
  const leaves = trees.map((tree) => new Map(flatten(tree)));
  const paths = [...new Set(leaves.flatMap((tree) => [...tree.keys()]))];
  return paths.map((path) => ({ path, values: leaves.map((tree) => tree.get(path) ?? null) }));
}

/** Everything the runs were made with, whether it differs or not. */
export function settingsSideBySide(runs: readonly Run[]): Comparison['differences'] {
  const same = (of: (graph: Run['graph']) => unknown) => !differs(runs.map(({ graph }) => of(graph)));
  const byPosition = same(({ nodes }) => nodes.length) && !same(({ nodes }) => nodes.map(({ id }) => id));
  return leavesSideBySide(runs.map((run) => settingsOf(run, byPosition)));
}

/**
 * What keeps runs from being compared fairly, one sentence each.
 * @param sameSeeds every model was trained with the same seeds
 */
function cautionsFor(runs: readonly Run[], sameSeeds: boolean): string[] {
  const differ = (of: (run: Run) => unknown) =>
    runs.some((run) => !sameValue(of(run), runs[0] && of(runs[0])));
  const unfinished = runs.filter(({ status }) => status !== 'done').map(({ name }) => name);
  const cautions: [boolean, string][] = [
    [
      differ((run) => run.dataset.hash),
      'They were trained on different data, so no difference between their values is shown.',
    ],
    [
      differ(({ training }) => [training.validation_split, training.limit]),
      'Their training and validation examples differ, so neither values nor times of epochs are comparable.',
    ],
    [differ((run) => run.preprocessing), 'Their sequences were prepared differently.'],
    [
      differ(({ training }) => training.loss),
      'They minimise different losses, so their losses are not comparable.',
    ],
    [
      !sameSeeds && differ(({ training }) => training.seed),
      'Their seeds differ: initial weights and order of examples are not the same.',
    ],
    [differ(({ training }) => training.epochs), 'They were trained for different numbers of epochs.'],
    [
      unfinished.length > 0,
      `${unfinished.join(', ')} ${unfinished.length === 1 ? 'has' : 'have'} not been trained to the end.`,
    ],
    [differ((run) => run.machine['cpu']), 'They ran on different machines: their times are not comparable.'],
  ];
  return cautions.filter(([applies]) => applies).map(([, sentence]) => sentence);
}

/** Runs whose loss exploded or was no longer finite, a sentence each. */
function divergences(runs: readonly Run[]): string[] {
  return runs.flatMap((run) => {
    const found = divergenceOf(changedRow(run));
    return found === null ? [] : `${run.name} ${found.word}: ${found.meaning}`;
  });
}

/** Whether the runs' courses can be held against one another; one that continues another begins where that one ended. */
function epochCautions(
  compared: readonly ComparedRun[],
  named: (chosen: readonly ComparedRun[]) => string,
): string[] {
  if (compared.length < 2) return [];
  const epochs = new Map(compared.map((one) => [one, new Set(one.curves.x)]));
  const meets = (one: ComparedRun) =>
    compared.some((o) => o !== one && o.curves.x.some((x) => epochs.get(one)!.has(x)));
  const together = compared.filter(meets);
  if (together.length === 0) return ['They have no epoch in common: their curves do not stand side by side.'];
  const alone = compared.filter((one) => !together.includes(one));
  const many = alone.length > 1;
  const apart =
    alone.length > 0
      ? [
          `${named(alone)} ${many ? 'have' : 'has'} no epoch in common with any other run: ` +
            `${many ? 'their curves stand' : 'its curve stands'} beside none.`,
        ]
      : [];
  const common = together[0]!.curves.x.filter((x) => together.every((one) => epochs.get(one)!.has(x))).length;
  const who = alone.length > 0 ? 'The others' : 'They';
  if (common === 0)
    return [...apart, `${who} have no epoch that all share: some curves do not stand side by side.`];
  if (common > 1) return apart;
  return [...apart, `${who} have one epoch in common: a single point says nothing about a course.`];
}

/** Metrics that some runs have and others do not, a sentence for those that lack the same. */
function unmeasured(
  compared: readonly ComparedRun[],
  metrics: Comparison['metrics'],
  named: (chosen: readonly ComparedRun[]) => string,
): string[] {
  const lacking = new Map<string, string[]>();
  for (const { name } of metrics) {
    const runs = compared.filter(({ curves }) => curves.x.length > 0 && !(name in curves.series));
    if (runs.length > 0) lacking.set(named(runs), [...(lacking.get(named(runs)) ?? []), name]);
  }
  return [...lacking].map(([runs, names]) => `${runs} did not measure ${names.join(', ')}.`);
}

/** What the curves themselves cannot show, one sentence each. */
function curveCautions(compared: readonly ComparedRun[], metrics: Comparison['metrics']): string[] {
  const named = (chosen: readonly ComparedRun[]) => chosen.map(({ run }) => run.name).join(', ');
  const without = compared.filter(({ curves }) => curves.x.length === 0);
  const sentences =
    without.length > 0
      ? [`${named(without)} ${without.length === 1 ? 'has' : 'have'} no complete epoch yet.`]
      : [];
  const begun = compared.filter(({ curves }) => curves.x.length > 0);
  sentences.push(...epochCautions(begun, named));
  sentences.push(...unmeasured(compared, metrics, named));
  for (const { name, last } of metrics) {
    const broken = compared.filter((one, i) => {
      const values = one.curves.series[name];
      return values !== undefined && values.length > 0 && (last[i] === null || values.includes(null));
    });
    if (broken.length > 0)
      sentences.push(`${name} of ${named(broken)} is not a number at some epochs; those are left out.`);
  }
  return sentences;
}
