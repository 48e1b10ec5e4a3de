/** The callbacks of a training configuration, in the order they run. */
import type { TrainingPosition } from '../../shared/checkpoint.ts';
import type { TrainingConfig } from '../../shared/training.ts';
import { BestCheckpoint } from './best-checkpoint.ts';
import type { Callback, EpochEnd } from './callback.ts';
import { EarlyStopping } from './early-stopping.ts';
import { LossExplosion } from './loss-explosion.ts';
import { ReduceOnPlateau } from './reduce-on-plateau.ts';

export class Callbacks {
  readonly #callbacks: readonly Callback[];

  /** @param states what a checkpoint holds of them; empty at the start */
  constructor(
    { monitor, early_stopping, reduce_lr_on_plateau }: TrainingConfig,
    states: TrainingPosition['callbacks'],
  ) {
    this.#callbacks = [
      new BestCheckpoint(monitor),
      new LossExplosion(),
      ...(reduce_lr_on_plateau ? [new ReduceOnPlateau(reduce_lr_on_plateau)] : []),
      ...(early_stopping ? [new EarlyStopping(early_stopping)] : []),
    ];
    for (const { name, state } of this.#callbacks) Object.assign(state, states[name]);
  }

  /** Shows them the mean loss of the very first batch, before any update. */
  firstBatch(loss: number): void {
    for (const callback of this.#callbacks) callback.firstBatch?.(loss);
  }

  /** Shows them a finished epoch (from 0) and gives what they decided. */
  epochEnd(epoch: number, logs: EpochEnd['logs'], learningRate: number): EpochEnd {
    const nothingYet = { stop: false, isBest: false, keepWeights: false, warnings: [] };
    const end: EpochEnd = { epoch, logs, learningRate, ...nothingYet };
    for (const callback of this.#callbacks) callback.epochEnd(end);
    return end;
  }

  /** Their states for the checkpoint. */
  get states(): TrainingPosition['callbacks'] {
    return Object.fromEntries(this.#callbacks.map(({ name, state }) => [name, { ...state }]));
  }

  /** Whether early stopping has ended training already. */
  get stopped(): boolean {
    return this.#callbacks.some(({ state }) => state.stopped === 1);
  }
}
