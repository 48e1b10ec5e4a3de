/** Curves of a group of runs as one line: their mean at each epoch, with the standard deviation around it as a band. */
import type { Curves } from '../../../shared/contract/runs.ts';
import { SERIES_COLOURS, type Series } from '../../charts/series.ts';
import type { RunRow } from '../../../shared/history/rows.ts';
import { divergenceOf, leftOutText } from '../../../shared/history/divergence.ts';
import type { RunField } from '../../../shared/history/fields.ts';
import { spread } from '../../../shared/statistics/paired.ts';
import { groupRuns } from './groups.ts';

interface Drawn {
  run: RunRow;
  curves: Curves;
}

interface MeanCurve extends Pick<Series, 'x' | 'y' | 'band'> {
  /** The curves it is the mean of, the same at every x. */
  count: number;
  /** Those with values that have no x in common with them. */
  apart: number;
}

/** A curve's finite values by their x. */
function valuesOf({ x, series }: Curves, name: string): Map<number, number> {
  const values = new Map<number, number>();
  series[name]?.forEach((value, index) => {
    const at = x[index];
    if (value !== null && at !== undefined && Number.isFinite(value)) values.set(at, value);
  });
  return values;
}

/** Those that have the x which most have, the first of such: a run that continued another has none of its epochs. */
function together(all: readonly ReadonlyMap<number, number>[]): readonly ReadonlyMap<number, number>[] {
  const counts = new Map<number, number>();
  for (const values of all) for (const at of values.keys()) counts.set(at, (counts.get(at) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const first = Math.min(...[...counts.keys()].filter((at) => counts.get(at) === most));
  return most === 1 && all.length > 1 ? [] : all.filter((values) => values.has(first));
}

/**
 * Mean and mean ± standard deviation at each x that all curves have which can stand together: were it to go on with those
 * that are longer, it would jump where the others end. Null where there is no such x.
 */
export function meanCurve(curves: readonly Curves[], name: string): MeanCurve | null {
  const withValues = curves.map((own) => valuesOf(own, name)).filter(({ size }) => size > 0);
  const all = together(withValues);
  const x = [...(all[0]?.keys() ?? [])]
    .filter((at) => all.every((values) => values.has(at)))
    .sort((a, b) => a - b);
  if (x.length === 0) return null;
  // No loss or metric is negative, and no share above 1.
  const highest = name.endsWith('acc') ? 1 : Infinity;
  const points = x.map((at) => spread(all.map((values) => values.get(at)!))!);
  return {
    count: all.length,
    apart: withValues.length - all.length,
    x,
    y: points.map(({ mean }) => mean),
    band: {
      low: points.map(({ mean, deviation }) => Math.max(0, mean - (deviation ?? 0))),
      high: points.map(({ mean, deviation }) => Math.min(highest, mean + (deviation ?? 0))),
    },
  };
}

/** Runs that no mean is taken over: one whose loss exploded would be all that is seen of it. None where all did. */
export function explodedOf(drawn: readonly Drawn[]): ReadonlySet<string> {
  const exploded = drawn.filter(({ run }) => divergenceOf(run) !== null);
  return new Set(exploded.length === drawn.length ? [] : exploded.map(({ run }) => run.id));
}

/** A line a group, validation solid and training dashed; colours in the order of the groups, marks where they repeat. */
export function groupSeries(
  drawn: readonly Drawn[],
  metric: string,
  field: RunField,
  lines: 'validation' | 'both',
): Series[] {
  const curvesOf = new Map(drawn.map(({ run, curves }) => [run.id, curves]));
  const exploded = explodedOf(drawn);
  const groups = groupRuns(
    drawn.map(({ run }) => run),
    field,
  );
  return groups.flatMap(({ label, runs }, index) => {
    const averaged = runs.filter(({ id }) => !exploded.has(id));
    const leftOut = leftOutText(runs.length - averaged.length);
    const curves = averaged.flatMap((run) => curvesOf.get(run.id) ?? []);
    const validation = meanCurve(curves, `val_${metric}`);
    const training = validation === null || lines === 'both' ? meanCurve(curves, metric) : null;
    const line = (found: MeanCurve | null, dashed: boolean): Series[] => {
      if (found === null) return [];
      const { count, apart, ...curve } = found;
      const notIn = apart > 0 ? `, ${apart} left out with no epoch in common` : '';
      const words = `${label} (${count})`;
      return [
        {
          ...curve,
          id: `${label} ${dashed ? 'train' : 'val'}`,
          label: `${words} ${dashed ? 'training' : 'validation'}${leftOut}${notIn}`,
          colour: (index % SERIES_COLOURS) + 1,
          mark: Math.floor(index / SERIES_COLOURS),
          dashed,
          ...(dashed && validation !== null ? {} : { endLabel: words }),
        },
      ];
    };
    return [...line(validation, false), ...line(training, true)];
  });
}
