/** Numbers as the field writes them, the same on the screen, in the terminal and in reports: 322,113; 0.8642; 4.1 s. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
/** Shown where there is no value. */
export const NO_VALUE = '–';

/** A typographic minus, as wide as the plus and the digits. */
export function withMinus(text: string): string {
  return text.replaceAll('-', '−');
}

/** `322,113` */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? NO_VALUE : withMinus(whole.format(value));
}

/** Four decimals for values of ordinary size (`0.8642`), four digits for others (`1.20e−5`, `1,532`), few for huge ones. */
export function formatMetric(value: number | null | undefined): string {
  if (value === null || value === undefined) return NO_VALUE;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return withMinus(value.toExponential(2));
  if (size >= 1e7) return withMinus(value.toExponential(2));
  if (size >= 1000) return formatCount(value);
  return withMinus(value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 4));
}

/** A difference, with its sign always shown: `+0.0231`. What four decimals can show needs no exponent. */
export function formatDifference(value: number | null | undefined): string {
  if (value === null || value === undefined) return NO_VALUE;
  const size = Math.abs(value);
  const shown = size >= 0.00005 && size < 0.001 ? size.toFixed(4) : formatMetric(size);
  return value > 0 ? `+${shown}` : value < 0 ? `−${shown}` : shown;
}

/** Of a value as `formatMetric` shows it; one that is tiny has none to see in the four that others have. */
function decimalsOf(value: number): number {
  const size = Math.abs(value);
  return size < 0.001 ? 4 : (formatMetric(value).split('.')[1]?.length ?? 0);
}

const TINY_OR_HUGE = /e/;

/**
 * A value less another, each shown beside it by `formatMetric`, with as many decimals as they have: the difference of what
 * is shown, so that all three agree. 0.69582 less 0.69286, shown as 0.6958 and 0.6929, is `+0.0029`, and not `+0.0030`.
 * Only where that is 0 and the difference is not, it has one decimal more.
 */
export function formatChange(value: number, from: number): string {
  if (!Number.isFinite(value - from)) return formatDifference(value - from);
  const exponents = [value, from].filter((one) => TINY_OR_HUGE.test(formatMetric(one)));
  if (exponents.length === 2 || exponents.some((one) => Math.abs(one) > 1))
    return formatDifference(value - from);
  const decimals = Math.min(decimalsOf(value), decimalsOf(from));
  const shown = Math.abs(Number(value.toFixed(decimals)) - Number(from.toFixed(decimals)));
  const size = Math.abs(value - from);
  const sign = value > from ? '+' : value < from ? '−' : '';
  if (Number(shown.toFixed(decimals)) > 0)
    return sign + (decimals === 0 ? formatCount(shown) : shown.toFixed(decimals));
  const finer = size.toFixed(decimals + 1);
  return sign + (Number(finer) > 0 ? finer : size.toFixed(decimals));
}

/** `8.5 %` from 0.085. */
export function formatShare(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined ? NO_VALUE : withMinus(`${(value * 100).toFixed(digits)} %`);
}

/** `85 ms`, `4.1 s`, `12 min 4 s`, `2 h 10 min`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NO_VALUE;
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds < 1000) return `${milliseconds > 0 || seconds === 0 ? milliseconds : '< 1'} ms`;
  if (Math.round(seconds * 10) < 100) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
}

/** `1.25 MB`, as Keras's summary counts: powers of 1024. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return NO_VALUE;
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? whole.format(size) : size.toFixed(2)} ${units[unit]}`;
}

/** A setting's value as a person would write it. */
export function formatSetting(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) >= 10000 && Math.abs(value) < 1e15
      ? formatCount(value)
      : String(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(formatSetting).join(', ');
  return JSON.stringify(value);
}
