/** Numbers, times and names as the screens write them: 322,113; 0.8642; 4.1 s; 12:04. */
import { formatCount, NO_VALUE } from '../../shared/format.ts';

export {
  formatBytes,
  formatCount,
  formatDifference,
  formatDuration,
  formatMetric,
  formatSetting,
  formatShare,
  NO_VALUE,
} from '../../shared/format.ts';

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
