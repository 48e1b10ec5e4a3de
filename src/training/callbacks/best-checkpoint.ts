import type { Callback, EpochEnd } from './callback.ts';
import { improves, monitored } from './callback.ts';

/** Marks an epoch as the best so far by the monitored metric, as Keras's ModelCheckpoint with `save_best_only`. */
export class BestCheckpoint implements Callback {
  readonly name = 'best_checkpoint';
  readonly state: { best: number | null } = { best: null };
  readonly #monitor: string;

  constructor(monitor: string) {
    this.#monitor = monitor;
  }

  epochEnd(end: EpochEnd): void {
    const value = monitored(this.#monitor, end.logs);
    if (value === undefined || !improves(this.#monitor, value, this.state.best, 0)) return;
    this.state.best = value;
    end.isBest = true;
  }
}
