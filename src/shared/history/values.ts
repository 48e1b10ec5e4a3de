/** The texts a field has in the runs there are: what completion offers, and what a filter that finds nothing is told of. */
import { RUN_STATUSES } from '../contract/runs.ts';
import type { RunField } from './fields.ts';
import type { RunRow } from './rows.ts';

/** Nearly every run has its own. */
const OWN: ReadonlySet<string> = new Set(['name', 'id', 'notes']);

/** The most frequent first; of `status` also those that no run has at the moment. */
export function textsOf(rows: readonly RunRow[], field: RunField | undefined): string[] {
  if (field === undefined || OWN.has(field.name)) return [];
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
