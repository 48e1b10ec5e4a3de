/** The texts a field has in the runs there are: what completion offers, and what a filter that finds nothing is told of. */
import { RUN_STATUSES } from '../contract/runs.ts';
import type { RunField } from './fields.ts';
import type { RunRow } from './rows.ts';

/** Nearly every run has its own. */
const OWN: ReadonlySet<string> = new Set(['name', 'id', 'notes']);

const AGES = ['1h', '1d', '7d', '30d'];

/** `2026-11-23`, as the clock here has it. */
function dayOf(milliseconds: number): string {
  const moment = new Date(milliseconds);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** The days on which a field's moments lie, the latest first. */
function daysOf(rows: readonly RunRow[], { of }: RunField): string[] {
  const moments = rows.map(of).filter((value) => typeof value === 'number');
  return [...new Set(moments.sort((a, b) => b - a).map(dayOf))];
}

/** The most frequent first; of `status` also those that no run has at the moment; of moments their days. */
export function textsOf(rows: readonly RunRow[], field: RunField | undefined): string[] {
  if (field === undefined || OWN.has(field.name)) return [];
  if (field.name === 'age') return AGES;
  if (field.kind === 'moment') return daysOf(rows, field);
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = field.of(row);
    const found = Array.isArray(value) ? (value as readonly string[]) : value === null ? [] : [String(value)];
    for (const text of found) if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const texts = [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text);
  const others = field.name === 'status' ? RUN_STATUSES.filter((status) => !counts.has(status)) : [];
  return [...texts, ...others];
}
