/** Axes and type as every chart has them: titles with units, a light horizontal grid only. */
import type { Scale, ScaleOptionsByType } from 'chart.js';
import { formatCount } from '../../shared/format.ts';
import {
  logarithmicTickText,
  ticks,
  tickText,
  type Range,
  type TickStep,
} from '../../shared/figures/ticks.ts';
import type { FigureAxis } from '../../shared/figures/figure.ts';
import type { ChartTheme } from './theme.ts';

type LinearScaleOptions = ScaleOptionsByType<'linear'>;
/** What a chart states of an axis. */
export interface Axis extends FigureAxis {
  min?: number | undefined;
  /** Values that must be in sight beside those of the lines: a spread's. */
  atLeast?: Range | null;
}

const FONT_SIZE = 11;
const MOST_TICKS = { x: 12, y: 7 };
/** About so many, where words as long as `1 min 30 s` stand at them: none is left out for another's room. */
const WANTED_TICKS = 4;
/** Up to so many whole numbers are all marked, as far as there is room; else marks would begin at 1 and go on at 2. */
const EACH_MARKED = 24;
/** Marks nearer to each other than this share of the axis would be written over one another. */
const CROWDED = 0.08;

/** Whether the second mark of a logarithmic axis stands upon the first, which is the least value and not a round one. */
function crowded(value: number, ticks: readonly { value: number }[]): boolean {
  const least = ticks[0]?.value ?? value;
  const most = ticks.at(-1)?.value ?? value;
  return value === ticks[1]?.value && Math.log(value / least) < CROWDED * Math.log(most / least);
}

function tickLabel(axis: Axis, value: number, ticks: readonly { value: number }[]): string {
  if (axis.whole) return Number.isInteger(value) ? formatCount(value) : '';
  const [first, second] = ticks;
  const step = first && second ? second.value - first.value : undefined;
  if (axis.format !== undefined) return axis.format(value, axis.logarithmic ? undefined : step);
  if (axis.logarithmic) {
    const all = ticks.map((tick) => tick.value);
    return crowded(value, ticks) ? '' : logarithmicTickText(value, all);
  }
  return tickText(value, step ?? value);
}

/** Chart.js knows the round numbers of ten only; others are put in place of its own, and at the ends of the y axis. */
function markedBy(step: TickStep, which: 'x' | 'y') {
  const marks = ({ min, max }: Range) => ticks({ min, max }, WANTED_TICKS, step);
  return {
    bounds: 'data',
    afterDataLimits: (scale: Scale) => {
      const [first, second] = marks(scale);
      if (which === 'x' || first === undefined || second === undefined) return;
      const apart = second - first;
      scale.min = Math.floor(scale.min / apart) * apart;
      scale.max = Math.ceil(scale.max / apart) * apart;
    },
    afterBuildTicks: (scale: Scale) => {
      scale.ticks = marks(scale).map((value) => ({ value }));
    },
  };
}

export function axisOptions(axis: Axis, which: 'x' | 'y', theme: ChartTheme) {
  return {
    type: axis.logarithmic ? 'logarithmic' : 'linear',
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    ...(axis.atLeast ? { suggestedMin: axis.atLeast.min, suggestedMax: axis.atLeast.max } : {}),
    ...(axis.step && !axis.logarithmic ? markedBy(axis.step, which) : {}),
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
      maxTicksLimit: MOST_TICKS[which],
      // At the ends of a zoom stand no round numbers.
      includeBounds: axis.whole === true,
      ...(axis.whole ? { precision: 0 } : {}),
      ...(axis.whole && (axis.max ?? Infinity) - (axis.min ?? 0) <= EACH_MARKED ? { stepSize: 1 } : {}),
      callback: (value: number | string, _: number, ticks: { value: number }[]) =>
        tickLabel(axis, Number(value), ticks),
    },
  } as unknown as LinearScaleOptions;
}
