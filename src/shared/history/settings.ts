/** The settings of many runs as they come from main: columns by path, read by run. */
import type { RunSettings } from '../contract/history.ts';
import type { SettingValue } from '../run-settings.ts';

interface SettingColumn {
  values: readonly SettingValue[];
  codes: Uint32Array;
}

/** What was fetched: a lookup by run and path. */
export class SettingsTable {
  readonly #places: ReadonlyMap<string, number>;
  readonly columns: ReadonlyMap<string, SettingColumn>;

  constructor({ ids, columns }: RunSettings) {
    this.#places = new Map(ids.map((id, at) => [id, at]));
    this.columns = new Map(columns.map(({ path, values, codes }) => [path, { values, codes }]));
  }

  has(run: string): boolean {
    return this.#places.has(run);
  }

  value(run: string, path: string): SettingValue {
    const at = this.#places.get(run);
    const column = this.columns.get(path);
    return at === undefined || column === undefined ? null : (column.values[column.codes[at]!] ?? null);
  }
}

export type SettingKind = 'number' | 'text' | 'flag';

/** All paths and what they hold. @param since settings of runs that are not in the table yet */
export function settingKinds(
  table: SettingsTable | null,
  since: Iterable<ReadonlyMap<string, SettingValue>> = [],
): ReadonlyMap<string, SettingKind> {
  const found = new Map<string, SettingKind>();
  const note = (path: string, value: SettingValue) => {
    if (value === null) return;
    const kind = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'flag' : 'text';
    // A path that holds several kinds is compared as text.
    found.set(path, (found.get(path) ?? kind) === kind ? kind : 'text');
  };
  for (const [path, { values }] of table?.columns ?? []) {
    for (const value of values) note(path, value);
    if (!found.has(path)) found.set(path, 'text');
  }
  for (const settings of since) for (const [path, value] of settings) note(path, value);
  return found;
}
