import { formatMetric, formatSetting } from '../../shared/format.ts';
import type { Callback, EpochEnd } from './callback.ts';

/** An epoch's mean training loss above this many times the loss before the first update counts as exploded. */
const EXPLODED = 10;

/**
 * Warns, once a run, of a loss that exploded though every number in it is still finite: the weights have left any useful
 * range, and training on seldom brings them back.
 */
export class LossExplosion implements Callback {
  readonly name = 'loss_explosion';
  readonly state: { start: number | null; warned: number } = { start: null, warned: 0 };

  firstBatch(loss: number): void {
    this.state.start = loss;
  }

  epochEnd(end: EpochEnd): void {
    const { start, warned } = this.state;
    const loss = end.logs.loss;
    if (warned || !start || loss === undefined || loss <= EXPLODED * start) return;
    this.state.warned = 1;
    end.warnings.push(
      `The loss exploded: ${formatMetric(loss)} on average over epoch ${end.epoch + 1}, more than ${EXPLODED} times the ` +
        `${formatMetric(start)} before training. Lower the learning rate (it is ${formatSetting(end.learningRate)}) or set clipnorm.`,
    );
  }
}
