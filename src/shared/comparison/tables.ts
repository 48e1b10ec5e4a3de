/** The tables of a comparison, in words: the same on the screen, in the terminal and in reports. */
import { betterIs } from '../best.ts';
import type { Comparison } from '../contract/compare.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDifference,
  formatDuration,
  formatMetric,
  formatSetting,
  NO_VALUE,
} from '../format.ts';
import { divergenceOf } from '../history/divergence.ts';
import { changedRow } from '../history/rows.ts';
import { metricTitle } from '../metric-names.ts';
import { spread, type Spread } from '../statistics/paired.ts';
import { notComparable } from './comparable.ts';

export interface ComparedCell {
  text: string;
  /** All of a text that is shortened. */
  whole?: string;
  /** The number behind the text, where it is one. */
  value?: number;
  /** Beside the text: the difference to the baseline or why there is none, the epoch. */
  note?: string;
  /** The best of its row, where the runs differ. */
  best?: boolean;
  /** Differs from the baseline's. */
  changed?: boolean;
  missing?: boolean;
}

export interface ComparedRow {
  name: string;
  /** One a run, the baseline first. */
  cells: ComparedCell[];
}

interface Measured {
  name: string;
  values: readonly (number | null)[];
  better: 'max' | 'min' | null;
  format: (value: number | null) => string;
  /** How it stands to the baseline: by how much, or how many times. */
  against: 'difference' | 'factor';
  /** Why a run's value does not stand against the baseline's; null where it does. */
  apart: readonly (string | null)[];
  epochs?: readonly (number | null)[];
}

type ComparedRuns = Comparison['runs'];

/** Why each run's values of a metric do not stand against the baseline's; the baseline is the first. */
export function apartBy(runs: ComparedRuns, metric: string): (string | null)[] {
  return runs.map((run) => notComparable(run, runs[0]!, metric));
}

/** What a run costs depends on its data and its machine, and for an epoch on the number of its examples. */
function costsApart(runs: ComparedRuns, of: 'epoch' | 'cost'): (string | null)[] {
  const other = (run: ComparedRuns[number]) => run.machine['cpu'] !== runs[0]!.machine['cpu'];
  return apartBy(runs, of).map((reason, i) => reason ?? (other(runs[i]!) ? 'another machine' : null));
}

const bySeenLast = (a: string, b: string) => Number(b.startsWith('val_')) - Number(a.startsWith('val_'));

/** Best and last of every metric, what was not trained on first; then time, memory and parameters. */
export function valueRows({ runs, metrics }: Comparison): ComparedRow[] {
  const measured = metrics
    .toSorted((a, b) => bySeenLast(a.name, b.name))
    .flatMap(({ name, better, best, last, bestEpoch }): Measured[] => {
      const apart = apartBy(runs, name);
      const common = { better, format: formatMetric, against: 'difference' as const, apart };
      return [
        { name: `${metricTitle(name)}, best`, values: best, epochs: bestEpoch, ...common },
        { name: `${metricTitle(name)}, last`, values: last, ...common },
      ];
    });
  const column = (
    name: string,
    of: (run: ComparedRuns[number]) => number | null,
    better: Measured['better'],
    format: Measured['format'],
    apart: Measured['apart'],
  ): Measured => ({ name, values: runs.map(of), better, format, apart, against: 'factor' });
  const anywhere = runs.map(() => null);
  return [
    ...measured,
    column('Time an epoch', (run) => run.secondsPerEpoch, 'min', formatDuration, costsApart(runs, 'epoch')),
    column('Memory of training', (run) => run.peakBytes, 'min', formatBytes, costsApart(runs, 'cost')),
    column('Parameters', (run) => run.parameters, null, formatCount, anywhere),
  ].map(measuredRow);
}

/** Times and memory that differ by less are the same: they differ as much from one training to the next. */
const NOISE = 1.02;

/** The best of values that are not all the same; null where the next is within the noise, times the best. */
function bestBeyondNoise(known: readonly number[], better: 'max' | 'min', noise: number): number | null {
  const [best, next] = [...new Set(known)].sort((a, b) => (better === 'max' ? b - a : a - b));
  return best === undefined || next === undefined || (noise > 1 && next <= best * noise) ? null : best;
}

function measuredRow(row: Measured): ComparedRow {
  const { name, values, better, format, epochs, apart } = row;
  const known = values.filter(
    (value, i): value is number => value !== null && Number.isFinite(value) && apart[i] === null,
  );
  const best = better === null ? null : bestBeyondNoise(known, better, row.against === 'factor' ? NOISE : 1);
  return {
    name,
    cells: values.map((value, i) => {
      const epoch = epochs?.[i] ? `epoch ${epochs[i]}` : '';
      const note = [i === 0 ? '' : standing(row, i), epoch].filter(Boolean).join(', ');
      return {
        text: format(value),
        ...(value === null ? {} : { value }),
        ...(note ? { note } : {}),
        ...(best !== null && value === best && apart[i] === null ? { best: true } : {}),
        ...(value === null ? { missing: true } : {}),
      };
    }),
  };
}

/** A cell as text alone: what stands beside the value in brackets. */
export function cellText({ text, note, best }: ComparedCell): string {
  const beside = [note, best && 'best'].filter(Boolean).join(', ');
  return beside ? `${text} (${beside})` : text;
}

/** For a file: numbers with all their digits, what stands beside them in a column of its own where there is any. */
export function comparedLines(
  what: string,
  columns: readonly { name: string }[],
  rows: readonly ComparedRow[],
): (string | number)[][] {
  const beside = columns.map((_, i) => rows.some(({ cells }) => cells[i]?.note));
  const header = columns.flatMap(({ name }, i) => (beside[i] ? [name, `${name}: beside`] : [name]));
  const lines = rows.map(({ name, cells }) => [
    name,
    ...cells.flatMap(({ text, whole, value, note, missing }, i) => {
      const own = value ?? (missing ? '' : (whole ?? text));
      return beside[i] ? [own, note ?? ''] : [own];
    }),
  ]);
  return [[what, ...header], ...lines];
}

/** Against the baseline: `+0.0231`, `× 1.52`, or why there is no telling. */
function standing({ values, against, apart }: Measured, at: number): string {
  const [base, value] = [values[0], values[at]];
  if (base == null || value == null || !Number.isFinite(base) || !Number.isFinite(value)) return '';
  if (apart[at]) return apart[at];
  if (against === 'difference') return formatChange(value, base);
  return base === 0 ? '' : `× ${(value / base).toFixed(2)}`;
}

/** Digits of a hash that tell data apart at a glance. */
const HASH_SHOWN = 12;

/** Settings by their paths: those that differ, or all. */
export function settingRows(settings: Comparison['differences']): ComparedRow[] {
  return settings.map(({ path, values }) => ({
    name: path,
    cells: values.map((value, i) => ({
      ...(typeof value === 'string' && path.endsWith('.hash')
        ? { text: value.slice(0, HASH_SHOWN), whole: value }
        : { text: formatSetting(value) }),
      ...(value === null || value === undefined ? { missing: true } : {}),
      ...(i > 0 && formatSetting(value) !== formatSetting(values[0]) ? { changed: true } : {}),
    })),
  }));
}

/** The deviation with as many decimals as the mean: `0.8642 ± 0.0031`. */
function spreadText({ mean, deviation }: Spread): string {
  const text = formatMetric(mean);
  if (deviation === null) return text;
  const decimals = text.includes('e') ? null : (text.split('.')[1]?.length ?? 0);
  return `${text} ± ${decimals === null ? formatMetric(deviation) : deviation.toFixed(decimals)}`;
}

/** Heads the columns of `spreadRows`: each group with the number of its seeds, and of those whose loss exploded. */
export function spreadColumns({ groups, runs: all }: Comparison): { id: string; name: string }[] {
  return groups.map(({ name, runs }) => {
    const exploded = runs.filter((run) => divergenceOf(changedRow(all[run]!)) !== null).length;
    const among = exploded > 0 ? `, ${exploded} of them exploded` : '';
    return { id: name, name: `${name}, ${runs.length} seed${runs.length === 1 ? '' : 's'}${among}` };
  });
}

/** What a paired test over seeds is of, and what it was given. */
export function seedTestText({ other, baseline, metric, differences }: Comparison['seedTests'][number]): {
  title: string;
  given: string;
} {
  return {
    title: `${other} against ${baseline}, ${metricTitle(metric).toLowerCase()}`,
    given: differences
      .map(({ seed, difference }) => `seed ${seed}: ${formatDifference(difference)}`)
      .join(', '),
  };
}

/** Mean and standard deviation over seeds of each metric's best, a cell a group; none where every group is one run. */
export function spreadRows({ runs, groups, metrics }: Comparison): ComparedRow[] {
  if (groups.every(({ runs }) => runs.length < 2)) return [];
  return metrics
    .toSorted((a, b) => bySeenLast(a.name, b.name))
    .map(({ name, best }) => {
      const spreads = groups.map(({ runs }) => spread(runs.flatMap((run) => best[run] ?? [])));
      const apart = groups.map((group) => notComparable(runs[group.runs[0]!]!, runs[0]!, name));
      const means = spreads.flatMap((one, i) => (one && apart[i] === null ? [one.mean] : []));
      const leader = betterIs(name) === 'max' ? Math.max(...means) : Math.min(...means);
      return {
        name: `${metricTitle(name)}, best`,
        cells: spreads.map((one, i) => ({
          text: one ? spreadText(one) : NO_VALUE,
          ...(one && apart[i] ? { note: apart[i] } : {}),
          ...(one && means.length > 1 && apart[i] === null && one.mean === leader ? { best: true } : {}),
        })),
      };
    });
}
