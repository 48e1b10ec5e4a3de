import type { TrainingConfig } from '../../shared/training.ts';
import type { Callback, EpochEnd } from './callback.ts';
import { improves, monitored } from './callback.ts';

/** Keras's EarlyStopping: ends training after `patience` epochs without improvement by more than `min_delta`. */
export class EarlyStopping implements Callback {
  readonly name = 'early_stopping';
  /** `stopped` is 1 once training was ended, so that a resume does not go on. */
  readonly state: { best: number | null; wait: number; stopped: number } = {
    best: null,
    wait: 0,
    stopped: 0,
  };
  readonly #config: NonNullable<TrainingConfig['early_stopping']>;

  constructor(config: NonNullable<TrainingConfig['early_stopping']>) {
    this.#config = config;
  }

  epochEnd(end: EpochEnd): void {
    const { monitor, min_delta, patience } = this.#config;
    const value = monitored(monitor, end.logs);
    if (value === undefined) return;
    if (improves(monitor, value, this.state.best, min_delta)) {
      this.state.best = value;
      this.state.wait = 0;
      end.keepWeights = this.#config.restore_best_weights;
      return;
    }
    this.state.wait += 1;
    if (this.state.wait < patience || end.epoch === 0) return;
    this.state.stopped = 1;
    end.stop = true;
  }
}
