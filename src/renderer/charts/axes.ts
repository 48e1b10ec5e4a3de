/** Axes and type as every chart has them: titles with units, a light horizontal grid only. */
import type { ChartOptions, ScaleOptionsByType } from 'chart.js';
import { formatCount } from '../state/format.ts';
import type { ChartTheme } from './theme.ts';

type LinearScaleOptions = ScaleOptionsByType<'linear'>;
/** What a chart states of an axis. */
export interface Axis {
  title: string;
  logarithmic?: boolean;
  /** Only whole numbers are marked (epochs, batches, words). */
  whole?: boolean;
  min?: number | undefined;
  max?: number | undefined;
  format?: (value: number) => string;
}

const FONT_SIZE = 11;

/** Ticks with as many decimals as tell them apart. */
function tick(value: number): string {
  if (Number.isInteger(value)) return formatCount(value);
  return Math.abs(value) < 0.001 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}

export function axisOptions(axis: Axis, which: 'x' | 'y', theme: ChartTheme) {
  return {
    type: axis.logarithmic ? 'logarithmic' : 'linear',
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    offset: false,
    border: { display: which === 'x', color: theme.axis },
    grid: { display: which === 'y', color: theme.grid, drawTicks: which === 'x', tickLength: 4 },
    title: {
      display: true,
      text: axis.logarithmic ? `${axis.title} (log)` : axis.title,
      color: theme.muted,
      font: { size: FONT_SIZE },
    },
    ticks: {
      color: theme.muted,
      font: { size: FONT_SIZE },
      padding: which === 'y' ? 6 : 2,
      maxRotation: 0,
      autoSkipPadding: 14,
      maxTicksLimit: which === 'y' ? 7 : 12,
      ...(axis.whole ? { precision: 0 } : {}),
      callback: (value: number | string) =>
        axis.whole && !Number.isInteger(Number(value)) ? '' : (axis.format ?? tick)(Number(value)),
    },
  } as unknown as LinearScaleOptions;
}

/** What does not depend on the data. */
export function commonOptions(theme: ChartTheme): ChartOptions<'line'> {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    color: theme.text,
    font: { family: theme.font },
    layout: { padding: 8 },
    events: [],
  };
}
