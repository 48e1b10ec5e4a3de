/**
 * Where the time of an epoch went, as a run with `--profile` tells it. Every number is the mean of the epochs it covers. The
 * threads' time, `threads` x `seconds`, is what kernels took, what threads waited while others ran kernels, and, for all
 * threads at once, what lies outside kernels.
 */
import { z } from 'zod';
import { formatCount, formatShare } from './format.ts';

export const profileSchema = z.object({
  /** Epochs covered: all but the first, which also compiles kernels, where there are several. */
  epochs: z.number(),
  threads: z.number(),
  /** Of an epoch, by the wall clock. */
  seconds: z.number(),
  kernels: z.array(
    z.object({
      name: z.string(),
      calls: z.number(),
      /** Summed over threads. */
      seconds: z.number(),
      /** Of the threads' time. */
      share: z.number(),
      /** Billions of multiplications with addition a second and thread; null where it multiplies nothing to speak of. */
      gmacs: z.number().nullable(),
      /** That, of what a thread can do here at the most. */
      ofLimit: z.number().nullable(),
    }),
  ),
  /** Threads that waited while others ran kernels. */
  idle: z.object({ seconds: z.number(), share: z.number() }),
  /** Parts of the epoch outside kernels, by the wall clock. */
  outside: z.array(z.object({ name: z.string(), seconds: z.number(), share: z.number() })),
  /** Of the epoch: all of that but the two that follow; the engine's own plans, panels and sums; keeping this profile. */
  outsideShare: z.number(),
  plansShare: z.number(),
  ownShare: z.number(),
  /** Billions of multiplications with addition a second on all threads, measured on this machine at the run's end. */
  limit: z.number(),
  /** Seconds an epoch in which the application's own process wrote metrics and checkpoints; it does so beside training. */
  storing: z.number(),
});
export type Profile = z.infer<typeof profileSchema>;

const seconds = (value: number): string => `${value.toFixed(3)} s`;

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** The profile as lines of a table, for a terminal and a log. */
export function profileLines(profile: Profile): string[] {
  const { epochs, threads, kernels, idle, outside, outsideShare, plansShare, ownShare, limit, storing } =
    profile;
  const of = `${formatCount(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}`;
  const rows = [
    ['kernel', 'calls', 'seconds on threads', 'share', 'GMAC/s a thread', 'of the limit'],
    ...kernels.map((kernel) => [
      kernel.name,
      formatCount(Math.round(kernel.calls)),
      seconds(kernel.seconds),
      formatShare(kernel.share),
      kernel.gmacs === null ? '' : kernel.gmacs.toFixed(1),
      kernel.ofLimit === null ? '' : formatShare(kernel.ofLimit),
    ]),
    ['threads waiting for others', '', seconds(idle.seconds), formatShare(idle.share), '', ''],
    ...outside.map((part) => [
      part.name,
      '',
      seconds(part.seconds * threads),
      formatShare(part.share),
      '',
      '',
    ]),
  ];
  return [
    `Where an epoch of ${seconds(profile.seconds)} went (mean of ${of}, ${threads} ${threads === 1 ? 'thread' : 'threads'}; shares are of all threads' time):`,
    ...aligned(rows),
    `Outside the engine: ${formatShare(outsideShare)} of the epoch. Its own plans, panels and sums beside kernels: ${formatShare(plansShare)}. This profile itself: ${formatShare(ownShare)}.`,
    `Limit measured here: ${limit.toFixed(1)} GMAC/s on all threads.`,
    `Writing metrics and checkpoints took the application ${seconds(storing)} an epoch, beside training.`,
  ];
}
