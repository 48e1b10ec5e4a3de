/** Curves as columns: adding a point, and what they hold. */
import type { Curves } from '../../shared/contract/runs.ts';

/** What is known of an epoch besides its metrics. */
export interface Pace {
  seconds: number;
  learningRate: number;
  peakBytes: number;
  /** When it ended, milliseconds since 1970. */
  at: number;
}

/** The curves with one more point; a point that is there already (a resumed epoch) is replaced, and what lay after it dropped. */
export function withPoint(
  curves: Curves,
  x: number,
  logs: Readonly<Record<string, number>>,
  pace?: Pace,
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
    ...(pace === undefined ? { seconds: [] } : withPace(curves, kept, pace)),
  };
}

function withPace(curves: Curves, kept: number, pace: Pace) {
  const column = (values: readonly number[] | undefined, value: number) => [
    ...(values ?? []).slice(0, kept),
    value,
  ];
  return {
    seconds: column(curves.seconds, pace.seconds),
    learningRate: column(curves.learningRate, pace.learningRate),
    peakBytes: column(curves.peakBytes, pace.peakBytes),
    at: column(curves.at, pace.at),
  };
}

/** Metric names without their validation twins, loss first: `loss`, `acc`. */
export function metricNames(curves: readonly Curves[]): string[] {
  const names = new Set(
    curves.flatMap(({ series }) => Object.keys(series).map((name) => name.replace(/^val_/, ''))),
  );
  return [...names].sort((a, b) => Number(b === 'loss') - Number(a === 'loss') || a.localeCompare(b));
}
