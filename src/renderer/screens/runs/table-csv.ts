/** The list as a table of comma-separated values: the columns shown, numbers with all their digits. */
import { toCsv } from '../../../shared/csv.ts';
import type { Value } from '../../../shared/query/fields.ts';
import type { RunRow } from '../../../shared/history/rows.ts';
import type { RunField } from '../../../shared/history/fields.ts';
import { statisticsOf, type RunGroup } from './groups.ts';

function cellOf(value: Value, kind: RunField['kind']): string | number | boolean | null {
  if (Array.isArray(value)) return value.join(' ');
  if (kind === 'moment' && typeof value === 'number') return new Date(value).toISOString();
  return value as Exclude<Value, readonly string[]>;
}

/** A row a run; the header names columns as a filter does. */
export function runsCsv(runs: readonly RunRow[], columns: readonly RunField[]): string {
  const rows = runs.map((run) => columns.map(({ of, kind }) => cellOf(of(run), kind)));
  return toCsv([columns.map(({ name }) => name), ...rows]);
}

/** A row a group: how many runs, then mean and standard deviation of every number. */
export function groupsCsv(groups: readonly RunGroup[], by: RunField, columns: readonly RunField[]): string {
  const numbers = columns.filter(({ kind }) => kind === 'number');
  const header = numbers.flatMap(({ name }) => [`${name} mean`, `${name} standard deviation`]);
  const rows = groups.map(({ label, runs }) => [
    label,
    runs.length,
    ...numbers.flatMap((column) => {
      const found = statisticsOf(runs, column);
      return [found?.mean ?? null, found?.spread ?? null];
    }),
  ]);
  return toCsv([[by.name, 'runs', ...header], ...rows]);
}
