/** Numbers, times and names as the screens write them: 322,113; 0.8642; 4.1 s; 12:04. */
import { formatCount } from '../../shared/format.ts';

export {
  formatBytes,
  formatChange,
  formatCount,
  formatDifference,
  formatDuration,
  formatMetric,
  formatSetting,
  formatShare,
  NO_VALUE,
} from '../../shared/format.ts';
export { formatMoment } from '../../shared/moment.ts';

/** `1 run`, `3 runs`. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : several}`;
}
