/** Where an axis is marked, and the words at the marks. */
import { formatBytes, formatCount, formatDuration, withMinus } from '../format.ts';

/** From one value to another, both included. */
export interface Range {
  min: number;
  max: number;
}

const MOST_DECIMALS = 8;

/** Round numbers within a range, about `wanted` of them. */
export function ticks({ min, max }: Range, wanted = 5): number[] {
  if (!(max > min)) return [min];
  const raw = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const excess = raw / power;
  // The bounds are the geometric means of neighbouring factors, so that the count is closest to what was wanted.
  const step =
    power * (excess >= Math.sqrt(50) ? 10 : excess >= Math.sqrt(10) ? 5 : excess >= Math.SQRT2 ? 2 : 1);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Powers of ten within a range, with 2 and 5 between them where there are few. */
export function logarithmicTicks({ min, max }: Range): number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  const factors = to - from > 3 ? [1] : [1, 2, 5];
  const all = Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((power) =>
    factors.map((factor) => Number((factor * 10 ** power).toPrecision(12))),
  );
  return all.filter((value) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9));
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
export function durationTick(value: number, step = 60): string {
  const fine = step > 0 && step < (value < 3600 ? 1 : 60);
  if (!fine || value < 0) return formatDuration(value);
  if (value === 0) return '0 s';
  if (value < 1) return `${apart(value * 1000, step * 1000)} ms`;
  if (value < 60) return `${apart(value, step)} s`;
  const minutes = `${Math.floor((value % 3600) / 60)} min ${apart(value % 60, step)} s`;
  return value < 3600 ? minutes : `${Math.floor(value / 3600)} h ${minutes}`;
}

const KIBI = 1024;

/** Bytes, `95.4 MB`. @param step as of `durationTick` */
export function bytesTick(value: number, step?: number): string {
  if (step === undefined || value < KIBI) return formatBytes(value);
  const unit = KIBI ** Math.floor(Math.log(value) / Math.log(KIBI));
  return `${apart(value / unit, step / unit)} ${formatBytes(value).split(' ')[1]}`;
}

/** What is counted, also between whole numbers. @param step as of `durationTick` */
export function countTick(value: number, step = 1): string {
  return step < 1 ? tickText(value, step) : formatCount(value);
}

/** A tick of a logarithmic axis. */
export function logarithmicTickText(value: number): string {
  const size = Math.abs(value);
  return size < 0.001 || size >= HUGE ? inPowers(value) : withMinus(String(Number(value.toPrecision(2))));
}
