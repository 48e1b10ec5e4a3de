/** A run's curves by epoch and by batch, growing while it trains. */
import type { Curves } from '../../shared/contract/runs.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import { toErrorValue } from '../../shared/errors.ts';
import { client } from '../client/client.ts';

const EMPTY: Curves = { x: [], series: {}, seconds: [] };

/** The curves with one more point; a point that is there already (a resumed epoch) is replaced, and what lay after it dropped. */
export function withPoint(
  curves: Curves,
  x: number,
  logs: Readonly<Record<string, number>>,
  seconds?: number,
): Curves {
  const from = curves.x.findIndex((known) => known >= x);
  const kept = from < 0 ? curves.x.length : from;
  const names = new Set([...Object.keys(curves.series), ...Object.keys(logs)]);
  const column = (name: string) => {
    const before = (curves.series[name] ?? []).slice(0, kept);
    while (before.length < kept) before.push(null);
    return [...before, logs[name] ?? null];
  };
  return {
    x: [...curves.x.slice(0, kept), x],
    series: Object.fromEntries([...names].map((name) => [name, column(name)])),
    seconds: seconds === undefined ? curves.seconds : [...curves.seconds.slice(0, kept), seconds],
  };
}

/** Metric names without their validation twins, loss first: `loss`, `acc`. */
export function metricNames(curves: readonly Curves[]): string[] {
  const names = new Set(
    curves.flatMap(({ series }) => Object.keys(series).map((name) => name.replace(/^val_/, ''))),
  );
  return [...names].sort((a, b) => Number(b === 'loss') - Number(a === 'loss') || a.localeCompare(b));
}

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
    const ends = [
      client.on('run.epoch', ({ run, epoch, logs, seconds }) => {
        if (run === this.run) this.epochs = withPoint(this.epochs, epoch, logs, seconds);
      }),
      client.on('run.batch', ({ run, step, logs }) => {
        if (run === this.run) this.batches = withPoint(this.batches, step, logs);
      }),
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
