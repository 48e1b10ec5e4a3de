/** Where the parts of a figure stand: legend, axes and the plane between them. */
import type { Figure, FigureAxis, FigureLine, FigureLook, Place } from './figure.ts';
import { pieces } from './pieces.ts';
import { shorten } from './shorten.ts';
import {
  logarithmicTicks,
  logarithmicTickText,
  ticks,
  tickText,
  type Range,
  type TickStep,
} from './ticks.ts';

export const TEXT = 12;
const TITLE = 16;
export const TITLE_LEFT = 16;
const LEGEND_LINE = 18;
const LEGEND_TOP = 34;
const SWATCH = 24;
const GAP = 18;
/** Between the texts of the x axis. */
const APART = 8;
/** Measuring needs a font; an upper estimate of a letter's width keeps legends from overlapping without one. */
const LETTER = 0.58;
/** How much wider strong letters are. */
const STRONGER = 1.08;

interface LegendEntry {
  line: FigureLine;
  text: string;
  at: Place;
}

interface Tick {
  value: number;
  text: string;
}

export interface FigureLayout {
  legend: readonly LegendEntry[];
  plane: { left: number; right: number; top: number; bottom: number };
  range: { x: Range; y: Range };
  ticks: { x: readonly Tick[]; y: readonly Tick[] };
  /** Where a value stands in pixels. */
  place: (x: number, y: number) => Place;
}

export const textWidth = (text: string, size = TEXT): number => text.length * size * LETTER;
const widest = (ticks: readonly Tick[]): number => Math.max(0, ...ticks.map(({ text }) => textWidth(text)));

/** A title in the size that fits, and cut in its middle where it is too long for the smallest. */
export function titleOf(text: string, width: number): { text: string; size: number } {
  const room = width - 2 * TITLE_LEFT;
  const widthAt = (size: number, shown = text) => textWidth(shown, size) * STRONGER;
  const size = Math.min(TITLE, Math.max(TEXT, Math.floor((10 * room) / widthAt(1)) / 10));
  return { text: shorten(text, (cut) => widthAt(size, cut) <= room), size };
}

function legendOf(lines: readonly FigureLine[], width: number): LegendEntry[] {
  let at = { x: 16, y: LEGEND_TOP + LEGEND_LINE / 2 };
  const most = Math.max(8, Math.floor((width - 32 - SWATCH) / (TEXT * LETTER)));
  return lines
    .filter(({ faint }) => !faint)
    .map((line) => {
      const text = shorten(line.label, (cut) => cut.length <= most);
      const end = at.x + SWATCH + textWidth(text);
      if (end > width - 16 && at.x > 16) at = { x: 16, y: at.y + LEGEND_LINE };
      const entry = { line, text, at };
      at = { x: at.x + SWATCH + textWidth(text) + GAP, y: at.y };
      return entry;
    });
}

function extremes(values: Iterable<number>): Range | null {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : null;
}

/** All finite values that lines and bands have within a part of x and at its edges; on a logarithmic axis, the positive ones. */
function* valuesWithin(lines: readonly FigureLine[], range: Range, logarithmic: boolean): Generator<number> {
  for (const { x, y, band } of lines) {
    for (const column of band === undefined ? [y] : [y, band.low, band.high]) {
      for (const piece of pieces({ x, y: column }, range, logarithmic)) for (const at of piece) yield at.y;
    }
  }
}

/** A range with room: a lone value stands in the middle, others have their axis end at a round number. */
function roomy(range: Range | null, logarithmic: boolean, stepFor?: TickStep): Range {
  if (range === null) return logarithmic ? { min: 0.1, max: 1 } : { min: 0, max: 1 };
  if (logarithmic) return range.min === range.max ? { min: range.min / 2, max: range.max * 2 } : range;
  if (range.min === range.max) return { min: range.min - 0.5, max: range.max + 0.5 };
  const marks = ticks(range, undefined, stepFor);
  const step = (marks[1] ?? range.max) - (marks[0] ?? range.min) || range.max - range.min;
  return { min: Math.floor(range.min / step + 1e-9) * step, max: Math.ceil(range.max / step - 1e-9) * step };
}

function ticksOf(axis: FigureAxis, range: Range, wanted: number): Tick[] {
  const all = axis.logarithmic ? logarithmicTicks(range) : ticks(range, wanted, axis.step);
  const values = axis.whole ? all.filter(Number.isInteger) : all;
  const step = (values[1] ?? values[0] ?? 1) - (values[0] ?? 0) || 1;
  return values.map((value) => {
    const plain = axis.logarithmic ? logarithmicTickText(value, values) : tickText(value, step);
    return { value, text: axis.format?.(value, axis.logarithmic ? undefined : step) ?? plain };
  });
}

function scale(
  { min, max }: Range,
  from: number,
  to: number,
  logarithmic: boolean,
): (value: number) => number {
  const grade = logarithmic ? Math.log10 : (value: number) => value;
  const [low, high] = [grade(min), grade(max)];
  return (value) => from + ((grade(value) - low) / (high - low)) * (to - from);
}

export function layoutOf({ x, y, lines, range: wanted }: Figure, look: FigureLook): FigureLayout {
  const legend = legendOf(lines, look.width);
  const spread = wanted ?? extremes(lines.flatMap((line) => [line.x[0] ?? NaN, line.x.at(-1) ?? NaN]));
  const xRange = roomyX(spread);
  const logarithmic = y.logarithmic ?? false;
  const most = logarithmic ? Infinity : (y.max ?? Infinity);
  const values = valuesWithin(lines, xRange, logarithmic).filter((value) => value <= most);
  const yRange = roomy(extremes(values), logarithmic, y.step);
  const yTicks = ticksOf(y, yRange, 6);
  const xTicks = ticksOf(x, xRange, 10);
  const plane = {
    left: 16 + TEXT + 12 + widest(yTicks),
    // Half of the last tick's text may stand beyond the axis.
    right: look.width - Math.max(24, 8 + widest(xTicks.slice(-1)) / 2),
    top: (legend.at(-1)?.at.y ?? LEGEND_TOP) + 22,
    bottom: look.height - 48,
  };
  const across = scale(xRange, plane.left, plane.right, x.logarithmic ?? false);
  const up = scale(yRange, plane.bottom, plane.top, logarithmic);
  const place = (atX: number, atY: number): Place => ({ x: across(atX), y: up(atY) });
  const room = (plane.right - plane.left) / Math.max(1, xTicks.length - 1);
  const every = Math.ceil((widest(xTicks) + APART) / room);
  const found = { x: xTicks.filter((_, index) => index % every === 0), y: yTicks };
  return { legend, plane, range: { x: xRange, y: yRange }, ticks: found, place };
}

/** The x axis ends where its lines do. */
function roomyX(range: Range | null): Range {
  if (range === null) return { min: 0, max: 1 };
  return range.min === range.max ? { min: range.min - 0.5, max: range.max + 0.5 } : range;
}
