/** What the charts of a comparison draw: every run's curves, or the mean and spread of runs that differ only in their seed. */
import { hasExploded, type Charted } from '../../../shared/comparison/beyond.ts';
import { runLooks } from '../../../shared/comparison/looks.ts';
import type { SeedGroup } from '../../../shared/comparison/seeds.ts';
import type { Comparison } from '../../../shared/contract/compare.ts';
import type { Curves } from '../../../shared/contract/runs.ts';
import { averaged, leftOutText } from '../../../shared/history/divergence.ts';
import { changedRow } from '../../../shared/history/rows.ts';
import { spread } from '../../../shared/statistics/paired.ts';
import { metricSeries } from '../../charts/metrics.ts';
import { countUpTo, type Series } from '../../charts/series.ts';

export type By = 'epoch' | 'batch' | 'time';
export type Lines = 'both' | 'validation' | 'training';

/** Curves over the seconds trained, at the end of each epoch. */
export function byTime(curves: Curves): Curves {
  let passed = 0;
  return { ...curves, x: curves.seconds.map((seconds) => (passed += seconds)) };
}

interface Wanted {
  lines: Lines;
  /** Best epochs are marked where epochs are the axis. */
  marked: boolean;
}

export function runSeries(
  runs: Comparison['runs'],
  curves: readonly (Curves | undefined)[],
  metric: string,
  { lines, marked }: Wanted,
): Series[] {
  const looks = runLooks(runs);
  return runs.flatMap((run, index) => {
    const own = curves[index];
    if (own === undefined) return [];
    const look = {
      run,
      ...looks.get(run.id)!,
      bestEpoch: marked ? run.bestEpoch : null,
      thick: index === 0,
    };
    return only(metricSeries(own, metric, look), lines, run.name);
  });
}

function only(series: Series[], lines: Lines, name: string): Series[] {
  if (lines === 'both') return series;
  return series
    .filter((line) => Boolean(line.dashed) === (lines === 'training'))
    .map((line) => ({ ...line, endLabel: name }));
}

/** The value at `x` on the straight line between a curve's points around it; null where one of them has none. */
function valueBetween({ x: known, series }: Curves, name: string, x: number): number | null {
  const values = series[name] ?? [];
  const after = countUpTo(known, x);
  const [before, next] = [known[after - 1], known[after]];
  const own = values[after - 1] ?? null;
  if (before === x || before === undefined || next === undefined || own === null) return own;
  const end = values[after] ?? null;
  return end === null ? null : own + ((x - before) / (next - before)) * (end - own);
}

/**
 * The mean over a group's runs and one standard deviation to either side, from where the last of them begins to where the
 * first ends. Batches and seconds of one run are hardly another's, so each is read between its own points.
 */
export function meanCurves(group: readonly Curves[], name: string): Pick<Series, 'x' | 'y' | 'band'> {
  const first = Math.max(...group.map(({ x }) => x[0] ?? Infinity));
  const last = Math.min(...group.map(({ x }) => x.at(-1) ?? -Infinity));
  const all = [...new Set(group.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const x = all.filter((value) => value >= first && value <= last);
  const spreads = x.map((at) => {
    const values = group.map((curves) => valueBetween(curves, name, at));
    return values.includes(null) ? null : spread(values as number[]);
  });
  const edge = (sign: 1 | -1) => spreads.map((one) => one && one.mean + sign * (one.deviation ?? 0));
  return { x, y: spreads.map((one) => one?.mean ?? null), band: { low: edge(-1), high: edge(1) } };
}

const averagedOf = (runs: Comparison['runs'], group: SeedGroup): readonly number[] =>
  averaged(group.runs, (run) => changedRow(runs[run]!));

/** How many runs are in no group's mean because of their loss. */
export function leftOutOfMeans({ runs, groups }: Pick<Comparison, 'runs' | 'groups'>): number {
  const all = groups.map((group) => group.runs.length - averagedOf(runs, group).length);
  return all.reduce((sum, count) => sum + count, 0);
}

/** Behind a group's name and split. */
function meanText({ runs }: SeedGroup, mean: number): string {
  if (runs.length < 2) return '';
  return `, mean of ${mean} seed${mean === 1 ? '' : 's'}${leftOutText(runs.length - mean)}`;
}

/** A group in the look of its first run; a group of one is that run's own curve. At the line's end the name alone fits. */
export function groupSeries(
  runs: Comparison['runs'],
  groups: readonly SeedGroup[],
  curves: readonly (Curves | undefined)[],
  metric: string,
  { lines }: Wanted,
): Series[] {
  const looks = runLooks(runs);
  return groups.flatMap((group, index) => {
    const counted = averagedOf(runs, group);
    const own = counted.flatMap((run) => curves[run] ?? []);
    const how = meanText(group, counted.length);
    const brief = group.runs.length < 2 ? group.name : `${group.name}, mean of ${counted.length},`;
    const base = { ...looks.get(runs[group.runs[0]!]!.id)!, thick: index === 0 };
    const series: Series[] = [];
    const has = (name: string) => own.some((one) => one.series[name]?.some((value) => value !== null));
    if (has(`val_${metric}`))
      series.push({
        ...base,
        id: `${index} val`,
        label: `${group.name} validation${how}`,
        brief: `${brief} validation`,
        endLabel: group.name,
        ...meanCurves(own, `val_${metric}`),
      });
    if (has(metric)) {
      const end = has(`val_${metric}`) ? {} : { endLabel: group.name };
      series.push({
        ...base,
        id: `${index} train`,
        label: `${group.name} training${how}`,
        brief: `${brief} training`,
        ...end,
        dashed: true,
        ...meanCurves(own, metric),
      });
    }
    return only(series, lines, group.name);
  });
}

/** The series of a chart by run, or by group, for what leaves it; a group has exploded where each of its runs has. */
export function chartedSeries(
  { runs, groups }: Pick<Comparison, 'runs' | 'groups'>,
  series: readonly Series[],
  grouped: boolean,
): Charted[] {
  const whose = grouped
    ? groups.map(({ name, runs: own }, index) => ({ id: String(index), name, own }))
    : runs.map(({ id, name }, index) => ({ id, name, own: [index] }));
  return whose.map(({ id, name, own }) => ({
    name,
    exploded: own.every((index) => hasExploded(runs[index]!)),
    lines: series.filter((line) => line.id.startsWith(`${id} `)),
  }));
}
