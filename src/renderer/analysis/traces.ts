/** The curves of predictions after each word of one text. */
import type { TraceRow } from '../../shared/comparison/traces.ts';
import type { Series } from '../charts/series.ts';
import type { Look } from './outcomes.ts';

export function traceSeries(rows: readonly TraceRow[], looks: readonly Look[]): Series[] {
  return looks.map(({ id, name, colour, mark = 0 }, run) => ({
    id,
    label: name,
    endLabel: name,
    colour,
    mark,
    thick: run === 0 && looks.length > 1,
    x: rows.map((_, at) => at + 1),
    y: rows.map(({ probabilities }) => probabilities[run] ?? null),
  }));
}
