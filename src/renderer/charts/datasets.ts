/** Series as Chart.js draws them: thinned to the pixels there are, smoothed on request with the raw line kept faint. */
import { dashesOf } from '../../shared/figures/dashes.ts';
import type { Range } from '../../shared/figures/ticks.ts';
import type { ChartDataset as LineDataset } from 'chart.js';
import { color } from 'chart.js/helpers';
import { countBelow, smooth, valueAt, type Series } from './series.ts';
import type { ChartTheme } from './theme.ts';
import { thin, type Point } from './thin.ts';

/** A line that has a name at its end. */
export interface LabelledDataset extends LineDataset<'line', { x: number; y: number }[]> {
  endLabel?: string;
  /** The shape on the line where another has its colour; 0 for none. */
  mark: number;
}

/** What our own plugins draw of a line. */
export interface ChartDataset extends LabelledDataset {
  data: Point[];
  /** The best epoch's ring. */
  ring: Point | null;
  /** Points without a neighbour to be joined to. */
  dots: readonly Point[];
  /** Where the value is NaN or infinite. */
  broken: readonly number[];
  band: { low: readonly Point[]; high: readonly Point[] } | null;
  bandColour: string;
}

interface Frame {
  theme: ChartTheme;
  range: Range;
  /** Pixels across. */
  width: number;
  /** 0 to below 1. */
  smoothing: number;
  /** Of the y axis. */
  logarithmic?: boolean;
}

const FAINT = 0.28;
const BAND = 0.16;

export function lineWidth(series: Series): number {
  return series.thick ? 2.75 : 1.75;
}

function dotsOf(points: readonly Point[]): Point[] {
  return points.filter(
    ({ y }, index) =>
      !Number.isNaN(y) &&
      Number.isNaN(points[index - 1]?.y ?? NaN) &&
      Number.isNaN(points[index + 1]?.y ?? NaN),
  );
}

function brokenOf({ x, y }: Series, range: Range): number[] {
  const found: number[] = [];
  for (let index = countBelow(x, range.min); index < x.length; index++) {
    if (x[index]! > range.max) break;
    const value = y[index];
    if (typeof value === 'number' && !Number.isFinite(value)) found.push(x[index]!);
  }
  return found;
}

function bandOf({ x, band }: Series, { range, width }: Frame): ChartDataset['band'] {
  if (band === undefined) return null;
  const known = x.map((_, i) => Number.isFinite(band.low[i] ?? NaN) && Number.isFinite(band.high[i] ?? NaN));
  const edge = (column: Series['y']) =>
    thin(
      x.filter((_, index) => known[index]),
      column.filter((_, index) => known[index]),
      range,
      width,
    );
  return { low: edge(band.low), high: edge(band.high) };
}

function ringOf(series: Series, { min, max }: Range): Point | null {
  const x = series.marked ?? NaN;
  if (!(x >= min && x <= max)) return null;
  const y = valueAt(series, x);
  return y === null || !Number.isFinite(y) ? null : { x, y };
}

function drawn(series: Series, y: Series['y'], frame: Frame): ChartDataset {
  const { theme, range, width, logarithmic } = frame;
  const colour = theme.series[(series.colour - 1) % theme.series.length] ?? theme.accent;
  const data = thin(series.x, y, range, width, logarithmic);
  return {
    label: series.label,
    ...(series.endLabel === undefined ? {} : { endLabel: series.endLabel }),
    data,
    borderColor: colour,
    borderWidth: lineWidth(series),
    borderDash: dashesOf(series),
    borderJoinStyle: 'round',
    pointRadius: 0,
    spanGaps: false,
    clip: 6,
    ring: ringOf({ ...series, y }, range),
    dots: dotsOf(data),
    broken: brokenOf(series, range),
    band: bandOf(series, frame),
    mark: series.mark ?? 0,
    bandColour: color(colour).alpha(BAND).rgbString(),
  };
}

/** The line of raw values behind a smoothed one. */
function faint(dataset: ChartDataset): ChartDataset {
  const { endLabel: _, ...rest } = dataset;
  return {
    ...rest,
    borderColor: color(String(dataset.borderColor)).alpha(FAINT).rgbString(),
    ring: null,
    broken: [],
    band: null,
    mark: 0,
  };
}

/** What Chart.js is given: faint raw lines first, so that no smoothed one is hidden. */
export function chartDatasets(series: readonly Series[], frame: Frame): ChartDataset[] {
  if (frame.smoothing <= 0) return series.map((line) => drawn(line, line.y, frame));
  const raw = series.map((line) => faint(drawn(line, line.y, frame)));
  return [...raw, ...series.map((line) => drawn(line, smooth(line.y, frame.smoothing), frame))];
}

/** The least and greatest value of all bands in sight: Chart.js fits its axis to lines only. */
export function bandRange(datasets: readonly ChartDataset[]): Range | null {
  const valuesOf = (edge: 'low' | 'high') =>
    datasets.flatMap(({ band }) => band?.[edge].map(({ y }) => y) ?? []);
  const lows = valuesOf('low');
  return lows.length === 0 ? null : { min: Math.min(...lows), max: Math.max(...valuesOf('high')) };
}
