/** How metrics are called and drawn, the same wherever their curves stand. */
import type { Curves } from '../../shared/contract/runs.ts';
import type { Series } from './series.ts';

export { metricAxis, metricTitle } from '../../shared/metric-names.ts';

interface Look {
  run: { id: string; name: string };
  colour: number;
  mark?: number;
  bestEpoch?: number | null;
  thick?: boolean;
  /** Names at the line's ends: the run's, or `training` and `validation` where there is one run. */
  alone?: boolean;
}

/** Training (dashed) and validation (solid) lines of one metric of one run. */
export function metricSeries(curves: Curves, metric: string, look: Look): Series[] {
  const { run, colour, mark = 0, bestEpoch = null, thick = false, alone = false } = look;
  const validation = curves.series[`val_${metric}`];
  const training = curves.series[metric];
  const hasValidation = validation?.some((value) => value !== null) ?? false;
  const lines: Series[] = [];
  const base = { x: curves.x, colour, mark, thick };
  if (validation !== undefined && hasValidation) {
    const label = alone ? 'validation' : `${run.name} validation`;
    lines.push({
      ...base,
      id: `${run.id} val`,
      label,
      endLabel: alone ? 'validation' : run.name,
      y: validation,
      marked: bestEpoch,
    });
  }
  if (training !== undefined) {
    const label = alone ? 'training' : `${run.name} training`;
    const endLabel = alone ? 'training' : hasValidation ? undefined : run.name;
    lines.push({
      ...base,
      id: `${run.id} train`,
      label,
      ...(endLabel === undefined ? {} : { endLabel }),
      y: training,
      dashed: true,
    });
  }
  return lines;
}
