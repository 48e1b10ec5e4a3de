/** Curves of a group of runs as one line: their mean at each epoch, with the standard deviation around it as a band. */
import type { Curves } from '../../../shared/contract/runs.ts';
import type { Series } from '../../charts/series.ts';
import type { RunRow } from '../../../shared/history/rows.ts';
import type { RunField } from '../../../shared/history/fields.ts';
import { groupRuns } from './groups.ts';

interface Drawn {
  run: RunRow;
  curves: Curves;
}

/** Mean and mean ± standard deviation at each x that any curve has; runs without a value there do not count. */
export function meanCurve(curves: readonly Curves[], name: string): Pick<Series, 'x' | 'y' | 'band'> | null {
  const values = new Map<number, number[]>();
  for (const { x, series } of curves) {
    series[name]?.forEach((value, index) => {
      const at = x[index];
      if (value === null || at === undefined || !Number.isFinite(value)) return;
      const known = values.get(at);
      if (known === undefined) values.set(at, [value]);
      else known.push(value);
    });
  }
  if (values.size === 0) return null;
  const x = [...values.keys()].sort((a, b) => a - b);
  const points = x.map((at) => {
    const found = values.get(at)!;
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, spread: found.length < 2 ? 0 : Math.sqrt(squares / (found.length - 1)) };
  });
  return {
    x,
    y: points.map(({ mean }) => mean),
    band: {
      low: points.map(({ mean, spread }) => mean - spread),
      high: points.map(({ mean, spread }) => mean + spread),
    },
  };
}

/** A line a group, validation solid and training dashed; colours in the order of the groups. */
export function groupSeries(
  drawn: readonly Drawn[],
  metric: string,
  field: RunField,
  lines: 'validation' | 'both',
): Series[] {
  const curvesOf = new Map(drawn.map(({ run, curves }) => [run.id, curves]));
  const groups = groupRuns(
    drawn.map(({ run }) => run),
    field,
  );
  return groups.flatMap(({ label, runs }, index) => {
    const curves = runs.flatMap((run) => curvesOf.get(run.id) ?? []);
    const validation = meanCurve(curves, `val_${metric}`);
    const training = validation === null || lines === 'both' ? meanCurve(curves, metric) : null;
    const words = `${label} (${runs.length})`;
    const line = (found: typeof training, dashed: boolean): Series[] =>
      found === null
        ? []
        : [
            {
              ...found,
              id: `${label} ${dashed ? 'train' : 'val'}`,
              label: `${words} ${dashed ? 'training' : 'validation'}`,
              colour: index + 1,
              dashed,
              ...(dashed && validation !== null ? {} : { endLabel: words }),
            },
          ];
    return [...line(validation, false), ...line(training, true)];
  });
}
