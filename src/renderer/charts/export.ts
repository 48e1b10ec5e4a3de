/** What leaves a chart: a picture with title, axes and legend, or its values. */
import { toCsv } from '../../shared/csv.ts';
import { drawFigure } from '../../shared/figures/draw.ts';
import type { Figure, FigureLine, FigureLook, Place, Shape } from '../../shared/figures/figure.ts';
import { figureSvg } from '../../shared/figures/svg.ts';
import { saveFile } from '../client/save.ts';
import { smooth, type Series } from './series.ts';
import { paperTheme, type ChartTheme } from './theme.ts';

const WIDTH = 960;
const HEIGHT = 540;
/** Pixels of the picture for each of the drawing's, so that print and large screens stay sharp. */
const DENSITY = 2;

/** The same lines in the colours of paper, whatever the theme; of smoothed ones, the raw lines behind. */
export function figureLines(series: readonly Series[], smoothing: number, theme: ChartTheme): FigureLine[] {
  const plain = series.map(({ id: _, endLabel: __, brief: ___, ...line }) => ({
    ...line,
    colour: theme.series[(line.colour - 1) % theme.series.length] ?? theme.accent,
  }));
  if (smoothing <= 0) return plain;
  const raw = plain.map(({ band: _, mark: __, ...line }) => ({ ...line, faint: true }));
  return [...raw, ...plain.map((line) => ({ ...line, y: smooth(line.y, smoothing) }))];
}

function lookOf(theme: ChartTheme): FigureLook {
  const { text, muted, grid, axis, surface, font } = theme;
  return { width: WIDTH, height: HEIGHT, text, muted, grid, axis, background: surface, font };
}

function trace(context: CanvasRenderingContext2D, points: readonly Place[]): void {
  context.beginPath();
  for (const { x, y } of points) context.lineTo(x, y);
}

function write(context: CanvasRenderingContext2D, shape: Shape & { kind: 'text' }, font: string): void {
  context.font = `${shape.strong ? '600 ' : ''}${shape.size}px ${font}`;
  context.textAlign = shape.anchor === 'middle' ? 'center' : shape.anchor;
  context.textBaseline = 'middle';
  context.fillStyle = shape.colour;
  context.translate(shape.at.x, shape.at.y);
  if (shape.upwards) context.rotate(-Math.PI / 2);
  context.fillText(shape.text, 0, 0);
}

function paint(context: CanvasRenderingContext2D, shape: Shape, font: string): void {
  context.save();
  context.globalAlpha = shape.opacity ?? 1;
  if (shape.kind === 'text') write(context, shape, font);
  else if (shape.kind === 'area') {
    trace(context, shape.points);
    context.fillStyle = shape.colour;
    context.fill();
  } else {
    context.strokeStyle = shape.colour;
    context.lineWidth = shape.width;
    context.lineJoin = 'round';
    if (shape.kind === 'circle') {
      context.beginPath();
      context.arc(shape.at.x, shape.at.y, shape.radius, 0, 2 * Math.PI);
      context.fillStyle = shape.fill;
      context.fill();
    } else {
      context.setLineDash(shape.dashes);
      trace(context, shape.points);
    }
    context.stroke();
  }
  context.restore();
}

export async function savePng(figure: Figure): Promise<void> {
  const look = lookOf(paperTheme());
  const canvas = new OffscreenCanvas(look.width * DENSITY, look.height * DENSITY);
  const context = canvas.getContext('2d') as unknown as CanvasRenderingContext2D;
  context.scale(DENSITY, DENSITY);
  context.fillStyle = look.background;
  context.fillRect(0, 0, look.width, look.height);
  for (const shape of drawFigure(figure, look)) paint(context, shape, look.font);
  saveFile(figure.title, 'png', await canvas.convertToBlob({ type: 'image/png' }));
}

export function saveSvg(figure: Figure): void {
  const text = figureSvg(figure, lookOf(paperTheme()));
  saveFile(figure.title, 'svg', new Blob([text], { type: 'image/svg+xml' }));
}

/** Every x of any line, sorted. */
function allX(series: readonly Series[]): number[] {
  return [...new Set(series.flatMap(({ x }) => [...x]))].sort((a, b) => a - b);
}

/** A line's values by their x, of which a ROC curve has several at one. */
function valuesByX({ x, y }: Series): Map<number, (number | null)[]> {
  return Map.groupBy(y, (_, index) => x[index]!);
}

/** The raw values: a row for each x, a column for each line, after the x; where a line has several at an x, as many rows. */
export function valueRows(series: readonly Series[]): (number | null)[][] {
  const columns = series.map(valuesByX);
  return allX(series).flatMap((x) => {
    const found = columns.map((column) => column.get(x) ?? []);
    const most = Math.max(...found.map(({ length }) => length));
    return Array.from({ length: most }, (_, row) => [x, ...found.map((values) => values[row] ?? null)]);
  });
}

export function saveCsv(title: string, xTitle: string, series: readonly Series[]): void {
  const header = [xTitle, ...series.map(({ label }) => label)];
  const text = toCsv([header, ...valueRows(series)]);
  saveFile(title, 'csv', new Blob([text], { type: 'text/csv' }));
}
