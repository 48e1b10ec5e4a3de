/** The comparison of the chosen runs, kept up to date while some of them still train. */
import type { Comparison } from '../../../shared/contract/compare.ts';
import { toErrorValue, type ErrorValue } from '../../../shared/errors.ts';
import { client } from '../../client/client.ts';

/** At most one reload in this time, however many events arrive. */
const RELOAD_MS = 500;

export class Comparing {
  result = $state.raw<Comparison | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  readonly runs: readonly string[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(runs: readonly string[]) {
    this.runs = runs;
  }

  async load(): Promise<void> {
    if (this.runs.length < 2) return;
    try {
      this.result = await client.call('compare.runs', { runs: [...this.runs] });
      this.error = null;
    } catch (error) {
      this.error = toErrorValue(error);
    }
  }

  /** Loads, and again after each epoch or change of a chosen run; the function returned ends it. */
  follow(): () => void {
    void this.load();
    const later = (run: string) => {
      if (!this.runs.includes(run) || this.#timer !== undefined) return;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        void this.load();
      }, RELOAD_MS);
    };
    const ends = [
      client.on('run.epoch', ({ run }) => later(run)),
      client.on('run.changed', ({ id }) => later(id)),
    ];
    return () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      ends.forEach((end) => end());
    };
  }
}
