/** Settings kept in the workspace: theme, pane sizes, colours of runs. Changes show at once and are stored behind. */
import { client } from '../client/client.ts';
import { whenConnected } from './connection.svelte.ts';
import { notifyError } from './notices.ts';

export type Theme = 'system' | 'light' | 'dark';

class Settings {
  #values = $state.raw<Readonly<Record<string, unknown>>>({});
  loaded = $state.raw(false);
  #become!: () => void;
  /** Fulfilled once the stored settings are here. */
  readonly ready = new Promise<void>((resolve) => (this.#become = resolve));
  readonly theme = $derived(asTheme(this.#values['theme']));

  constructor() {
    whenConnected(async () => {
      await this.load();
      this.loaded = true;
      this.#become();
    });
  }

  /** Reads them anew: others write them too. */
  async load(): Promise<void> {
    this.#values = await client.call('settings.get', {});
  }

  get(key: string): unknown {
    return this.#values[key];
  }

  /** A number that was stored under `key`, else `otherwise`. */
  number(key: string, otherwise: number): number {
    const value = this.#values[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
  }

  /** Shows at once; the promise is fulfilled when it is stored. A failure is shown, never thrown. */
  async set(key: string, value: unknown): Promise<void> {
    this.#values = { ...this.#values, [key]: value };
    try {
      await client.call('settings.set', { key, value });
    } catch (error) {
      notifyError(error);
    }
  }
}

function asTheme(value: unknown): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}

export const settings = new Settings();
