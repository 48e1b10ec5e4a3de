/** The settings of all runs by path, fetched when a screen first asks for them and kept up with runs that are new. */
import type { ErrorValue } from '../../shared/errors.ts';
import { toErrorValue } from '../../shared/errors.ts';
import { settingKinds, SettingsTable } from '../../shared/history/settings.ts';
import { runSettings as settingsOf, type SettingValue } from '../../shared/run-settings.ts';
import { client } from '../client/client.ts';
import { whenConnected } from './connection.svelte.ts';

class AllRunSettings {
  #table = $state.raw<SettingsTable | null>(null);
  /** Of runs created since. A run's settings never change; what its start settles (threads, versions) comes again. */
  #since = $state.raw<ReadonlyMap<string, ReadonlyMap<string, SettingValue>>>(new Map());
  error = $state.raw<ErrorValue | null>(null);
  #asked = false;
  readonly loaded = $derived(this.#table !== null);
  /** All paths any run has, and whether they hold numbers, texts or flags. */
  readonly paths = $derived.by(() => settingKinds(this.#table, this.#since.values()));

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
    const column = this.#table?.columns.get(path);
    // A column knows a value for what is missing, which need not be anywhere.
    const used = new Set(column?.codes);
    const values = new Set(column?.values.filter((_, code) => used.has(code)));
    for (const settings of this.#since.values())
      if (settings.has(path)) values.add(settings.get(path) ?? null);
    return [...values];
  }
}

export const runSettings = new AllRunSettings();
