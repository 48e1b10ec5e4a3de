import type { TrainingConfig } from '../../shared/training.ts';
import type { Callback, EpochEnd } from './callback.ts';
import { improves, monitored } from './callback.ts';

/** Keras's ReduceLROnPlateau: lowers the learning rate by `factor` after `patience` epochs without improvement. */
export class ReduceOnPlateau implements Callback {
  readonly name = 'reduce_lr_on_plateau';
  readonly state: { best: number | null; wait: number; cooldown: number } = {
    best: null,
    wait: 0,
    cooldown: 0,
  };
  readonly #config: NonNullable<TrainingConfig['reduce_lr_on_plateau']>;

  constructor(config: NonNullable<TrainingConfig['reduce_lr_on_plateau']>) {
    this.#config = config;
  }

  epochEnd(end: EpochEnd): void {
    const { monitor, min_delta, patience, factor, min_lr, cooldown } = this.#config;
    const value = monitored(monitor, end.logs);
    if (value === undefined) return;
    if (this.state.cooldown > 0) {
      this.state.cooldown -= 1;
      this.state.wait = 0;
    }
    if (improves(monitor, value, this.state.best, min_delta)) {
      this.state.best = value;
      this.state.wait = 0;
    } else if (this.state.cooldown === 0) {
      this.state.wait += 1;
      if (this.state.wait < patience || end.learningRate <= min_lr) return;
      end.learningRate = Math.max(end.learningRate * factor, min_lr);
      this.state.cooldown = cooldown;
      this.state.wait = 0;
    }
  }
}
