/** The tables of a comparison, in words: the same on the screen, in the terminal and in reports. */
import { betterIs } from '../best.ts';
import type { Comparison } from '../contract/compare.ts';
import {
  formatBytes,
  formatCount,
  formatDifference,
  formatDuration,
  formatMetric,
  formatSetting,
  NO_VALUE,
} from '../format.ts';
import { metricTitle } from '../metric-names.ts';
import { spread, type Spread } from '../statistics/paired.ts';

export interface ComparedCell {
  text: string;
  /** The number behind the text, where it is one. */
  value?: number;
  /** Beside the text: the difference to the baseline, the epoch. */
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
  epochs?: readonly (number | null)[];
}

const bySeenLast = (a: string, b: string) => Number(b.startsWith('val_')) - Number(a.startsWith('val_'));

/** Best and last of every metric, what was not trained on first; then time, memory and parameters. */
export function valueRows({ runs, metrics }: Comparison): ComparedRow[] {
  const measured = metrics
    .toSorted((a, b) => bySeenLast(a.name, b.name))
    .flatMap(({ name, better, best, last, bestEpoch }): Measured[] => {
      const common = { better, format: formatMetric, against: 'difference' as const };
      return [
        { name: `${metricTitle(name)}, best`, values: best, epochs: bestEpoch, ...common },
        { name: `${metricTitle(name)}, last`, values: last, ...common },
      ];
    });
  const column = (
    name: string,
    of: (run: Comparison['runs'][number]) => number | null,
    better: Measured['better'],
    format: Measured['format'],
  ): Measured => ({ name, values: runs.map(of), better, format, against: 'factor' });
  return [
    ...measured,
    column('Time an epoch', (run) => run.secondsPerEpoch, 'min', formatDuration),
    column('Memory of training', (run) => run.peakBytes, 'min', formatBytes),
    column('Parameters', (run) => run.parameters, null, formatCount),
  ].map(measuredRow);
}

function measuredRow(row: Measured): ComparedRow {
  const { name, values, better, format, epochs } = row;
  const known = values.flatMap((value) => (value !== null && Number.isFinite(value) ? [value] : []));
  const decided = better !== null && new Set(known).size > 1;
  const best = decided ? (better === 'max' ? Math.max(...known) : Math.min(...known)) : null;
  return {
    name,
    cells: values.map((value, i) => {
      const epoch = epochs?.[i] ? `epoch ${epochs[i]}` : '';
      const note = [i === 0 ? '' : standing(row, value), epoch].filter(Boolean).join(', ');
      return {
        text: format(value),
        ...(value === null ? {} : { value }),
        ...(note ? { note } : {}),
        ...(best !== null && value === best ? { best: true } : {}),
        ...(value === null ? { missing: true } : {}),
      };
    }),
  };
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
    ...cells.flatMap(({ text, value, note, missing }, i) => {
      const own = value ?? (missing ? '' : text);
      return beside[i] ? [own, note ?? ''] : [own];
    }),
  ]);
  return [[what, ...header], ...lines];
}

/** Against the baseline: `+0.0231`, `× 1.52`. */
function standing({ values: [base], against }: Measured, value: number | null): string {
  if (base == null || value === null || !Number.isFinite(base) || !Number.isFinite(value)) return '';
  if (against === 'difference') return formatDifference(value - base);
  return base === 0 ? '' : `× ${(value / base).toFixed(2)}`;
}

/** Settings by their paths: those that differ, or all. */
export function settingRows(settings: Comparison['differences']): ComparedRow[] {
  return settings.map(({ path, values }) => ({
    name: path,
    cells: values.map((value, i) => ({
      text: formatSetting(value),
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

/** Mean and standard deviation over seeds of each metric's best, a cell a group; none where every group is one run. */
export function spreadRows({ groups, metrics }: Comparison): ComparedRow[] {
  if (groups.every(({ runs }) => runs.length < 2)) return [];
  return metrics
    .toSorted((a, b) => bySeenLast(a.name, b.name))
    .map(({ name, best }) => {
      const spreads = groups.map(({ runs }) => spread(runs.flatMap((run) => best[run] ?? [])));
      const means = spreads.flatMap((one) => one?.mean ?? []);
      const leader = betterIs(name) === 'max' ? Math.max(...means) : Math.min(...means);
      return {
        name: `${metricTitle(name)}, best`,
        cells: spreads.map((one) => ({
          text: one ? spreadText(one) : NO_VALUE,
          ...(one && means.length > 1 && one.mean === leader ? { best: true } : {}),
        })),
      };
    });
}
