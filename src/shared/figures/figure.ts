/** A chart as it leaves the application: what it shows, and the shapes it is drawn with, whatever draws them. */
import type { Range, TickStep } from './ticks.ts';

export interface FigureAxis {
  title: string;
  logarithmic?: boolean;
  /** Of a linear y axis: its end, though lines go higher; they leave the chart there. */
  max?: number | undefined;
  /** Only whole numbers are marked (epochs, batches, words). */
  whole?: boolean;
  /** A value in words; with `step`, a tick that the next stands so far away from. */
  format?: (value: number, step?: number) => string;
  /** Where the round numbers are not those of ten: seconds, bytes. */
  step?: TickStep;
}

export interface FigureLine {
  /** What the legend calls it. */
  label: string;
  /** Sorted, as long as `y`. */
  x: readonly number[];
  /** Null where there is no value, NaN or infinite where the value is no number; both are gaps. */
  y: readonly (number | null)[];
  /** A CSS colour. */
  colour: string;
  dashed?: boolean;
  /** Where dashes mean something else already; both together are dashes and dots in turn. */
  dotted?: boolean;
  /** The baseline of a comparison. */
  thick?: boolean;
  /** The shape on it (`marks.ts`), from 1, where another line has the same colour; 0 or left out for none. */
  mark?: number;
  /** The raw line behind a smoothed one; not in the legend. */
  faint?: boolean;
  /** The x of the point to ring: the best epoch. */
  marked?: number | null;
  /** A tinted area around the line, as long as `y`: the spread over seeds. */
  band?: { low: readonly (number | null)[]; high: readonly (number | null)[] };
}

export interface Figure {
  title: string;
  x: FigureAxis;
  y: FigureAxis;
  lines: readonly FigureLine[];
  /** The part of x shown; all of it where left out. */
  range?: Range;
  /** A light line across the chart with a word: the best epoch. */
  marker?: { x: number; label: string } | null;
}

/** Pixels and colours. */
export interface FigureLook {
  width: number;
  height: number;
  text: string;
  muted: string;
  grid: string;
  axis: string;
  background: string;
  /** CSS font families. */
  font: string;
}

export interface Place {
  x: number;
  y: number;
}

interface Text {
  kind: 'text';
  at: Place;
  text: string;
  size: number;
  colour: string;
  anchor: 'start' | 'middle' | 'end';
  strong?: boolean;
  /** Reads from bottom to top. */
  upwards?: boolean;
}

export type Shape = { opacity?: number } & (
  | { kind: 'path'; points: readonly Place[]; colour: string; width: number; dashes: readonly number[] }
  | { kind: 'area'; points: readonly Place[]; colour: string }
  | { kind: 'circle'; at: Place; radius: number; fill: string; colour: string; width: number }
  | Text
);
