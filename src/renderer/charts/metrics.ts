/** How metrics are called and drawn, the same wherever their curves stand. */
import type { Curves } from '../../shared/contract/runs.ts';
import { smooth, type Series } from './series.ts';

const TITLES: Record<string, string> = {
  loss: 'Loss',
  acc: 'Accuracy',
  mse: 'Mean squared error',
  mae: 'Mean absolute error',
};
const AXES: Record<string, string> = {
  acc: 'share correct',
  binary_crossentropy: 'binary cross-entropy',
  categorical_crossentropy: 'categorical cross-entropy',
  sparse_categorical_crossentropy: 'categorical cross-entropy',
  mse: 'mean squared error',
  mae: 'mean absolute error',
};

/** `Validation accuracy` for `val_acc`. */
export function metricTitle(name: string): string {
  if (!name.startsWith('val_')) return TITLES[name] ?? name;
  const title = metricTitle(name.slice('val_'.length));
  return `Validation ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** What a metric is measured in; a loss is named after its function. */
export function metricAxis(name: string, loss: string | undefined): string {
  return AXES[name === 'loss' ? (loss ?? '') : name] ?? name;
}

interface Look {
  run: { id: string; name: string };
  colour: number;
  bestEpoch?: number | null;
  thick?: boolean;
  /** 0 to below 1. */
  smoothing?: number;
  /** Names at the line's ends: the run's, or `training` and `validation` where there is one run. */
  alone?: boolean;
}

/** Training (dashed) and validation (solid) lines of one metric of one run. */
export function metricSeries(curves: Curves, metric: string, look: Look): Series[] {
  const { run, colour, bestEpoch = null, thick = false, smoothing = 0, alone = false } = look;
  const validation = curves.series[`val_${metric}`];
  const training = curves.series[metric];
  const hasValidation = validation?.some((value) => value !== null) ?? false;
  const lines: Series[] = [];
  const base = { x: curves.x, colour, thick };
  if (validation !== undefined && hasValidation) {
    const y = smooth(validation, smoothing);
    const label = alone ? 'validation' : `${run.name} validation`;
    lines.push({
      ...base,
      id: `${run.id} val`,
      label,
      endLabel: alone ? 'validation' : run.name,
      y,
      marked: bestEpoch,
    });
  }
  if (training !== undefined) {
    const label = alone ? 'training' : `${run.name} training`;
    const endLabel = alone ? 'training' : hasValidation ? undefined : run.name;
    const y = smooth(training, smoothing);
    lines.push({
      ...base,
      id: `${run.id} train`,
      label,
      ...(endLabel === undefined ? {} : { endLabel }),
      y,
      dashed: true,
    });
  }
  return lines;
}
