/** What a list on the screen needs to know about itself: its items, whether they are there yet, and what went wrong. */
import { toErrorValue, type ErrorValue } from '../../shared/errors.ts';

export class Collection<T> {
  items = $state.raw<readonly T[]>([]);
  /** True once items arrived; until then a screen shows its skeleton. */
  loaded = $state.raw(false);
  error = $state.raw<ErrorValue | null>(null);
  readonly #fetch: () => Promise<readonly T[]>;

  constructor(fetch: () => Promise<readonly T[]>) {
    this.#fetch = fetch;
  }

  async load(): Promise<void> {
    try {
      this.items = await this.#fetch();
      this.loaded = true;
      this.error = null;
    } catch (error) {
      this.error = toErrorValue(error);
    }
  }
}
