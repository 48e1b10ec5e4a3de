/** Where an axis is marked, and the words at the marks. */
import { formatBytes, formatCount, formatDuration, withMinus } from '../format.ts';

/** From one value to another, both included. */
export interface Range {
  min: number;
  max: number;
}

const MOST_DECIMALS = 8;

/**
 * How far ticks stand apart where about `raw` is wanted, in the round numbers of what is measured.
 *
 * @param most the greatest value by size, which tells the unit
 */
export type TickStep = (raw: number, most: number) => number;

/** 1, 2 or 5 times a power of ten. */
const decimalStep: TickStep = (raw) => {
  const power = 10 ** Math.floor(Math.log10(raw));
  const excess = raw / power;
  // The bounds are the geometric means of neighbouring factors, so that the count is closest to what was wanted.
  return power * (excess >= Math.sqrt(50) ? 10 : excess >= Math.sqrt(10) ? 5 : excess >= Math.SQRT2 ? 2 : 1);
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CLOCK_STEPS = [
  ...[5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY],
];

/** Of seconds: as clocks are marked, and below five seconds and above a day in decimals. */
const durationStep: TickStep = (raw, most) => {
  if (raw < CLOCK_STEPS[0]!) return decimalStep(raw, most);
  if (raw > DAY) return DAY * decimalStep(raw / DAY, most);
  const from = (step: number) => Math.abs(Math.log(step / raw));
  return CLOCK_STEPS.reduce((best, step) => (from(step) < from(best) ? step : best));
};

/** Round numbers within a range, about `wanted` of them. */
export function ticks({ min, max }: Range, wanted = 5, stepFor = decimalStep): number[] {
  if (!(max > min)) return [min];
  const step = stepFor((max - min) / wanted, Math.max(Math.abs(min), Math.abs(max)));
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Powers of ten within a range, with 2 and 5 between them where there are few; as on any axis where there are fewer than two. */
export function logarithmicTicks({ min, max }: Range): number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  const factors = to - from > 3 ? [1] : [1, 2, 5];
  const all = Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((power) =>
    factors.map((factor) => Number((factor * 10 ** power).toPrecision(12))),
  );
  const found = all.filter((value) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9));
  return found.length < 2 ? ticks({ min, max }) : found;
}

/** From here on ticks are powers of ten. */
const HUGE = 1e7;

/** `3e+20` */
const inPowers = (value: number): string => withMinus(Number(value.toPrecision(3)).toExponential());

/** A tick with as many decimals as tell it from its neighbour, `step` away. */
export function tickText(value: number, step: number): string {
  if (Math.abs(value) >= HUGE || step >= HUGE) return value === 0 ? '0' : inPowers(value);
  if (Number.isInteger(value) && Number.isInteger(step)) return formatCount(value);
  let decimals = 0;
  while (
    decimals < MOST_DECIMALS &&
    Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6
  ) {
    decimals++;
  }
  return withMinus(value.toFixed(decimals));
}

/** With as few decimals as tell values `step` apart from one another. */
function apart(value: number, step: number): string {
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return withMinus(value.toFixed(decimals));
}

/** Seconds, `16.2 s`. @param step to the neighbour of a tick; without it, a value by itself */
function durationTick(value: number, step = 0): string {
  if (step <= 0 || value < 0) return formatDuration(value);
  if (value === 0) return '0 s';
  const fine = step < (value < HOUR ? 1 : MINUTE);
  if (!fine) return coarseDuration(value, step);
  if (value < 1) return `${apart(value * 1000, step * 1000)} ms`;
  if (value < 60) return `${apart(value, step)} s`;
  const minutes = `${Math.floor((value % 3600) / 60)} min ${apart(value % 60, step)} s`;
  return value < 3600 ? minutes : `${Math.floor(value / 3600)} h ${minutes}`;
}

/** Whole seconds, minutes or hours, as far as the step needs them: `5 s`, `2 min`, `1 h`. */
function coarseDuration(value: number, step: number): string {
  const whole = (unit: number) => value % unit === 0 && step % unit === 0;
  if (whole(HOUR)) return `${formatCount(value / HOUR)} h`;
  if (whole(MINUTE) && value < HOUR) return `${value / MINUTE} min`;
  return whole(1) && value < MINUTE ? `${value} s` : formatDuration(value);
}

const KIBI = 1024;
const UNITS = [5, 4, 3, 2, 1, 0].map((power) => KIBI ** power);
const unitOf = (bytes: number): number => UNITS.find((unit) => bytes >= unit) ?? 1;

/** Of bytes: round numbers of the unit that the greatest is written in, and not less than a byte. */
const bytesStep: TickStep = (raw, most) => {
  const unit = unitOf(most);
  return Math.max(1, unit * decimalStep(raw / unit, most));
};

/** Bytes, `95.4 MB`. @param step as of `durationTick` */
function bytesTick(value: number, step?: number): string {
  if (step === undefined) return formatBytes(value);
  const own = unitOf(value);
  const isRound = (share: number) => Math.abs(decimalStep(share, share) / share - 1) < 1e-9;
  // The unit that the step was made in, so that marks 0.2 GB apart do not read 205 MB, 410 MB.
  const round = UNITS.find((unit) => unit >= own && isRound(step / unit));
  const unit = round ?? own;
  const text = (round === undefined ? apart : tickText)(value / unit, step / unit);
  return `${text} ${formatBytes(unit).split(' ')[1]}`;
}

/** How an axis of seconds is marked. */
export const DURATION = { format: durationTick, step: durationStep };
/** How an axis of bytes is marked. */
export const BYTES = { format: bytesTick, step: bytesStep };

/** What is counted, also between whole numbers. @param step as of `durationTick` */
export function countTick(value: number, step = 1): string {
  return step < 1 ? tickText(value, step) : formatCount(value);
}

/**
 * A tick of a logarithmic axis.
 *
 * @param all in order: of near ones, as many decimals as tell the round ones from one another; the first may be none
 */
export function logarithmicTickText(value: number, all: readonly number[] = []): string {
  const gaps = all.slice(1).map((next, index) => next - all[index]!);
  const near = gaps.length > 0 && all.at(-1)! < 2 * all[0]!;
  if (near) return tickText(value, Math.min(...(gaps.length > 1 ? gaps.slice(1) : gaps)));
  const size = Math.abs(value);
  return size < 0.001 || size >= HUGE ? inPowers(value) : withMinus(String(Number(value.toPrecision(2))));
}
