/** Numbers, times and names as the field writes them: 322,113; 0.8642; 4.1 s; 12:04. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
/** Shown where there is no value. */
export const NO_VALUE = '–';

/** 322,113 */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? NO_VALUE : whole.format(value);
}

/** Four decimals for values of ordinary size (0.8642), four digits for others (1.203e-5, 1,532). */
export function formatMetric(value: number | null | undefined): string {
  if (value === null || value === undefined) return NO_VALUE;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return minus(value.toExponential(2));
  if (size >= 1000) return minus(whole.format(value));
  return minus(value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 4));
}

/** A difference, with its sign always shown: +0.0231. */
export function formatDifference(value: number | null | undefined): string {
  if (value === null || value === undefined) return NO_VALUE;
  const shown = formatMetric(value);
  return value > 0 ? `+${shown}` : shown;
}

/** A typographic minus, as wide as the plus. */
function minus(text: string): string {
  return text.replaceAll('-', '−');
}

/** 8.5 % from 0.085. */
export function formatShare(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined ? NO_VALUE : `${(value * 100).toFixed(digits)} %`;
}

/** 4.1 s, 12 min 4 s, 2 h 10 min. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NO_VALUE;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
}

/** 1.3 MB; powers of 1000. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return NO_VALUE;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? whole.format(value) : value.toFixed(1)} ${units[power]}`;
}

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** 14:02 today, `3 Nov 14:02` this year, `3 Nov 2025` before. */
export function formatMoment(milliseconds: number | null | undefined, now = Date.now()): string {
  if (milliseconds === null || milliseconds === undefined) return NO_VALUE;
  const moment = new Date(milliseconds);
  const today = new Date(now);
  if (moment.toDateString() === today.toDateString()) return time.format(moment);
  if (moment.getFullYear() === today.getFullYear()) return `${day.format(moment)} ${time.format(moment)}`;
  return dayAndYear.format(moment);
}

/** `1 run`, `3 runs`. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : several}`;
}

/** A setting's value as a person would write it. */
export function formatSetting(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) >= 10000 ? formatCount(value) : String(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(formatSetting).join(', ');
  return JSON.stringify(value);
}
