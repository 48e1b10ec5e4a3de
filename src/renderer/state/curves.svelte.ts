/** A run's curves by epoch and by batch, growing while it trains. */
import type { Curves } from '../../shared/contract/runs.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import { toErrorValue } from '../../shared/errors.ts';
import { client } from '../client/client.ts';
import { withPoint } from './points.ts';
import { Together } from './together.ts';

const EMPTY: Curves = { x: [], series: {}, seconds: [] };

export class RunCurves {
  epochs = $state.raw<Curves>(EMPTY);
  batches = $state.raw<Curves>(EMPTY);
  loaded = $state.raw(false);
  error = $state.raw<ErrorValue | null>(null);
  readonly run: string;

  constructor(run: string) {
    this.run = run;
  }

  /** Loads and follows the run; call in an effect, the function returned ends it. */
  follow(): () => void {
    void this.load();
    const together = new Together();
    const ends = [
      client.on('run.epoch', ({ run, epoch, logs, ...pace }) => {
        if (run !== this.run) return;
        together.later(() => (this.epochs = withPoint(this.epochs, epoch, logs, pace)));
      }),
      client.on('run.batch', ({ run, step, logs }) => {
        if (run !== this.run) return;
        together.later(() => (this.batches = withPoint(this.batches, step, logs)));
      }),
      () => together.end(),
    ];
    return () => ends.forEach((end) => end());
  }

  async load(): Promise<void> {
    try {
      const run = this.run;
      [this.epochs, this.batches] = await Promise.all([
        client.call('runs.curves', { run, by: 'epoch' }),
        client.call('runs.curves', { run, by: 'batch' }),
      ]);
      this.error = null;
    } catch (error) {
      this.error = toErrorValue(error);
    }
    this.loaded = true;
  }
}
