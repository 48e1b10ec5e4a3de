/** How fast engines were measured to train a model, and what that says of the one that new runs use and of the others. */
import { z } from 'zod';
import { formatCount } from './format.ts';
import type { EngineName } from './training.ts';

export const measuredSchema = z.object({
  name: z.string(),
  /** Null for an engine without a choice of devices. */
  device: z.string().nullable(),
  available: z.boolean(),
  detail: z.string(),
  examplesPerSecond: z.number().nullable(),
});
export type Measured = z.infer<typeof measuredSchema>;

/** A benchmark of every engine and device on a model. */
export const measurementSchema = z.object({
  model: z.string(),
  /** When it ended, in ms since 1970. */
  at: z.number(),
  results: z.array(measuredSchema),
});
export type Measurement = z.infer<typeof measurementSchema>;

/** The fastest first; those that could not be measured last, in their order. */
export function bySpeed(results: readonly Measured[]): Measured[] {
  return results.toSorted((a, b) => (b.examplesPerSecond ?? 0) - (a.examplesPerSecond ?? 0));
}

/** Null where none could be measured. */
export function fastestOf(results: readonly Measured[]): Measured | null {
  const [best] = bySpeed(results);
  return best && best.examplesPerSecond !== null ? best : null;
}

/** What an engine did on a device or, where none is named, on its fastest. */
export function measuredOf(
  results: readonly Measured[],
  name: string,
  device: string | null = null,
): Measured | null {
  const own = bySpeed(results).filter((result) => result.name === name);
  return own.find((result) => result.device === device) ?? own[0] ?? null;
}

export const formatSpeed = (examplesPerSecond: number): string =>
  `${examplesPerSecond < 100 ? examplesPerSecond.toPrecision(3) : formatCount(Math.round(examplesPerSecond))} examples/s`;

/** Measurements repeat to within about this share. */
const ALIKE = 0.05;

/** `4.1 times slower than`, `12 times faster than`, `as fast as`. */
export function speedWords(speed: number, other: number): string {
  const ratio = speed > other ? speed / other : other / speed;
  if (ratio < 1 + ALIKE) return 'as fast as';
  const times = ratio < 10 ? ratio.toFixed(1) : String(Math.round(ratio));
  return `${times} times ${speed > other ? 'faster' : 'slower'} than`;
}

/** What is known of an engine when it is said why it is used, or is not. */
export interface EngineStanding {
  name: string;
  available: boolean;
  /** Why it cannot be used, where it cannot. */
  detail: string;
}

/** What new runs use: the engine, whether somebody chose it, and its device where one is chosen. */
export interface InUse {
  engine: EngineName;
  chosen: boolean;
  device: string | null;
}

/**
 * Why new runs use an engine, or why they do not, in one clause: `used: …`, `not used: …`, `not here: …`.
 * @param measurement the last one on the model in question; null where there is none
 */
export function reasonFor(
  { name, available, detail }: EngineStanding,
  used: InUse,
  measurement: Measurement | null,
): string {
  if (name === used.engine && !available) return `chosen, but not here: ${detail}`;
  if (!available) return `not here: ${detail}`;
  const results = measurement?.results ?? [];
  const model = measurement?.model ?? '';
  if (name === used.engine) return `used: ${reasonOfUse(used, results, model)}`;
  if (name === 'reference') return 'not used: it is slow, and there to check results';
  const mine = measuredOf(results, name);
  const theirs = measuredOf(results, used.engine, used.device)?.examplesPerSecond ?? null;
  if (mine === null || theirs === null) return 'not used: never measured here against the one in use';
  if (mine.examplesPerSecond === null) return `not used: it could not train ${model} (${mine.detail})`;
  const words = `${speedWords(mine.examplesPerSecond, theirs)} ${used.engine} on ${model}`;
  return mine.examplesPerSecond > theirs * (1 + ALIKE)
    ? `not used, though measured ${words}: it can be chosen for new runs`
    : `not used: measured ${words}`;
}

function reasonOfUse({ engine, chosen, device }: InUse, results: readonly Measured[], model: string): string {
  const reason = chosen
    ? 'it is chosen in the settings'
    : 'no other is chosen, and it needs no driver or library';
  const speed = measuredOf(results, engine, device)?.examplesPerSecond ?? null;
  const best = fastestOf(results);
  if (speed === null || best?.examplesPerSecond == null) return reason;
  const words = speedWords(speed, best.examplesPerSecond);
  return words === 'as fast as'
    ? `${reason}; the fastest measured on ${model}`
    : `${reason}; measured ${words} ${best.name} on ${model}`;
}

/** A reason as a sentence: `Used: it is chosen in the settings.` */
export const reasonSentence = (why: string): string => `${why[0]!.toUpperCase()}${why.slice(1)}.`;
