/** What a callback is: it sees each finished epoch, may decide something, and keeps its state in the checkpoint. */
import type { Logs } from '../../shared/protocol.ts';

/** A finished epoch, and what callbacks decide about what follows. */
export interface EpochEnd {
  /** Counted from 0. */
  readonly epoch: number;
  readonly logs: Logs;
  /** The rate in force; set it to change it from the next epoch on. */
  learningRate: number;
  /** Set: training ends here. */
  stop: boolean;
  /** Set: this epoch is the best so far for the `best` checkpoint. */
  isBest: boolean;
  /** Set: the weights now are those to restore at the end. */
  keepWeights: boolean;
  /** Sentences for the run's log. */
  readonly warnings: string[];
}

export interface Callback {
  /** Its key in the checkpoint. */
  readonly name: string;
  readonly state: Record<string, number | null>;
  /** Sees the mean loss of the very first batch, before any update. */
  firstBatch?(loss: number): void;
  epochEnd(end: EpochEnd): void;
}

/** Whether `value` beats `best` by more than `least`: accuracies are to rise, losses and errors to fall (Keras's `auto`). */
export function improves(monitor: string, value: number, best: number | null, least: number): boolean {
  if (best === null) return true;
  return monitor.endsWith('acc') ? value - least > best : value + least < best;
}

/** The monitored value; without validation data, that of the training metric of the same name. */
export function monitored(monitor: string, logs: Logs): number | undefined {
  return logs[monitor] ?? logs[monitor.replace(/^val_/, '')];
}
