/** Progress and batch messages, thinned to a few a second. */
import type { TrainingPosition } from '../shared/checkpoint.ts';
import type { FromChild } from '../shared/protocol.ts';
import { addSums, means } from './evaluate.ts';

export class Reporter {
  readonly #send: (message: FromChild) => void;
  readonly #everyMs: number;
  #reportedAt = performance.now();
  /** Since the last `batch` message. */
  #sums: Record<string, number> = {};
  #examples = 0;

  constructor(send: (message: FromChild) => void, everyMs: number) {
    this.#send = send;
    this.#everyMs = everyMs;
  }

  /** Whether it is time to tell of batches, `done` of which are done in the epoch. */
  isDue(done: number, batches: number): boolean {
    return performance.now() - this.#reportedAt >= this.#everyMs || done >= batches;
  }

  /** A batch of training, or several, are done; `position` is behind it. The last of an epoch is always reported. */
  batch(
    position: TrainingPosition,
    batches: number,
    sums: Readonly<Record<string, number>>,
    examples: number,
  ): void {
    addSums(this.#sums, sums);
    this.#examples += examples;
    if (!this.isDue(position.batch, batches)) return;
    const elapsed = performance.now() - this.#reportedAt;
    const at = { epoch: position.epoch + 1, batch: position.batch };
    const examplesPerSecond = (1000 * this.#examples) / Math.max(elapsed, 1);
    this.#send({ type: 'batch', ...at, logs: means(this.#sums, this.#examples) });
    this.#send({
      type: 'progress',
      ...at,
      batches,
      logs: means(position.sums, position.examples),
      examplesPerSecond,
      phase: 'train',
    });
    this.#reportedAt = performance.now();
    this.#sums = {};
    this.#examples = 0;
  }

  /** `batch` of `batches` of validation are done. */
  validation(position: TrainingPosition, batch: number, batches: number): void {
    if (performance.now() - this.#reportedAt < this.#everyMs) return;
    this.#reportedAt = performance.now();
    const logs = means(position.sums, position.examples);
    this.#send({
      type: 'progress',
      epoch: position.epoch + 1,
      batch,
      batches,
      logs,
      examplesPerSecond: 0,
      phase: 'validate',
    });
  }
}
