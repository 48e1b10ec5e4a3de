/** Numbers and tables as the command line shows them. */

export {
  formatChange as change,
  formatCount as count,
  formatDuration as duration,
  formatMetric as metric,
} from '../../../shared/format.ts';

/** Columns two spaces apart; those listed in `right` are aligned at their right edge, as numbers are. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => [...(row[i] ?? '')].length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat(widths[i]! - [...cell].length);
        return right.includes(i) ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}
