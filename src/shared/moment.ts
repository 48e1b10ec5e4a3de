/** Moments as lists write them: 12:04. */
import { NO_VALUE } from './format.ts';

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
