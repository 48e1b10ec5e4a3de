/** The settings of all runs by path, fetched when a screen first asks for them and kept up with runs that are new. */
import type { RunSettings } from '../../shared/contract/history.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import { toErrorValue } from '../../shared/errors.ts';
import { runSettings as settingsOf, type SettingValue } from '../../shared/run-settings.ts';
import { client } from '../client/client.ts';
import { whenConnected } from './connection.svelte.ts';

interface SettingColumn {
  values: readonly SettingValue[];
  codes: Uint32Array;
}

/** What was fetched: a lookup by run and path. */
class SettingsTable {
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

class AllRunSettings {
  #table = $state.raw<SettingsTable | null>(null);
  /** Of runs created since. A run's settings never change; what its start settles (threads, versions) comes again. */
  #since = $state.raw<ReadonlyMap<string, ReadonlyMap<string, SettingValue>>>(new Map());
  error = $state.raw<ErrorValue | null>(null);
  #asked = false;
  readonly loaded = $derived(this.#table !== null);
  /** All paths any run has, and whether they hold numbers, texts or flags. */
  readonly paths = $derived.by(() => kinds(this.#table, this.#since));

  constructor() {
    client.on('run.changed', (run) => {
      if (this.#table?.has(run.id) === false) this.#since = new Map(this.#since).set(run.id, settingsOf(run));
    });
  }

  /** Fetches them, once, and again with each connection. */
  want(): void {
    if (this.#asked) return;
    this.#asked = true;
    whenConnected(() => this.load());
  }

  async load(): Promise<void> {
    try {
      this.#table = new SettingsTable(await client.call('runs.settings', {}));
      this.#since = new Map();
      this.error = null;
    } catch (error) {
      this.error = toErrorValue(error);
    }
  }

  value(run: string, path: string): SettingValue {
    const since = this.#since.get(run);
    return since === undefined ? (this.#table?.value(run, path) ?? null) : (since.get(path) ?? null);
  }

  /** The distinct values of a path. */
  valuesOf(path: string): SettingValue[] {
    const values = new Set(this.#table?.columns.get(path)?.values);
    for (const settings of this.#since.values())
      if (settings.has(path)) values.add(settings.get(path) ?? null);
    return [...values];
  }
}

export type SettingKind = 'number' | 'text' | 'flag';

function kinds(
  table: SettingsTable | null,
  since: ReadonlyMap<string, ReadonlyMap<string, SettingValue>>,
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
  for (const settings of since.values()) for (const [path, value] of settings) note(path, value);
  return found;
}

export const runSettings = new AllRunSettings();
