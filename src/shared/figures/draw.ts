/** A figure as shapes: title, legend, axes, lines. What leaves the application can be read without it. */
import { dashesOf } from './dashes.ts';
import type { Figure, FigureLine, FigureLook, Place, Shape } from './figure.ts';
import { layoutOf, TEXT, textWidth, TITLE_LEFT, titleOf, type FigureLayout } from './layout.ts';
import { markAround, markedPoints } from './marks.ts';
import { pieces, piecesBelow } from './pieces.ts';

const FAINT = 0.28;
const BAND = 0.16;

const widthOf = ({ thick }: FigureLine): number => (thick ? 2.75 : 1.75);

function axes(figure: Figure, layout: FigureLayout, look: FigureLook): Shape[] {
  const { plane, ticks, place, range } = layout;
  const word = { kind: 'text', size: TEXT, colour: look.muted } as const;
  const rule = { kind: 'path', width: 1, dashes: [] } as const;
  const horizontal = (y: number) => [
    { x: plane.left, y },
    { x: plane.right, y },
  ];
  const middle = { x: (plane.left + plane.right) / 2, y: (plane.top + plane.bottom) / 2 };
  const named = (axis: Figure['x']) => (axis.logarithmic ? `${axis.title} (log)` : axis.title);
  return [
    ...ticks.y.flatMap(({ value, text }): Shape[] => {
      const { y } = place(range.x.min, value);
      return [
        { ...rule, points: horizontal(y), colour: look.grid },
        { ...word, at: { x: plane.left - 8, y }, text, anchor: 'end' },
      ];
    }),
    { ...rule, points: horizontal(plane.bottom), colour: look.axis },
    ...ticks.x.map(({ value, text }): Shape => {
      const { x } = place(value, range.y.min);
      return { ...word, at: { x, y: plane.bottom + 14 }, text, anchor: 'middle' };
    }),
    { ...word, at: { x: middle.x, y: look.height - 14 }, text: named(figure.x), anchor: 'middle' },
    { ...word, at: { x: 16, y: middle.y }, text: named(figure.y), anchor: 'middle', upwards: true },
  ];
}

function bandOf(line: FigureLine, { place, range, plane }: FigureLayout): Shape[] {
  if (line.band === undefined) return [];
  const edge = (column: readonly (number | null)[]) =>
    pieces({ x: line.x, y: column }, range.x, false)
      .flat()
      .map(({ x, y }) => {
        const at = place(x, y);
        const within = Number.isFinite(at.y)
          ? Math.min(plane.bottom, Math.max(plane.top, at.y))
          : plane.bottom;
        return { x: at.x, y: within };
      });
  const points = [...edge(line.band.high), ...edge(line.band.low).reverse()];
  return points.length < 3 ? [] : [{ kind: 'area', points, colour: line.colour, opacity: BAND }];
}

function markOf({ mark, colour }: FigureLine, at: Place): Shape[] {
  return mark ? [{ kind: 'area', points: markAround(mark, at), colour }] : [];
}

function curve(line: FigureLine, layout: FigureLayout, look: FigureLook, y: Figure['y']): Shape[] {
  const { place, range } = layout;
  const { colour } = line;
  const whole = pieces(line, range.x, y.logarithmic ?? false);
  const leaves = y.max !== undefined && !y.logarithmic;
  const within = leaves ? whole.flatMap((piece) => piecesBelow(piece, range.y.max)) : whole;
  const drawn = within.map((piece) => piece.map((at) => place(at.x, at.y)));
  const shapes = drawn.map((points): Shape => {
    if (points.length === 1)
      return { kind: 'circle', at: points[0]!, radius: 3, fill: colour, colour, width: 1 };
    return { kind: 'path', points, colour, width: widthOf(line), dashes: dashesOf(line) };
  });
  if (line.faint) return shapes;
  const marks = markedPoints(drawn.flat()).flatMap((at) => markOf(line, at));
  const index = line.x.indexOf(line.marked ?? NaN);
  const best = line.y[index];
  const ringed = typeof best === 'number' && Number.isFinite(best) && !(leaves && best > range.y.max);
  if (!ringed) return [...shapes, ...marks];
  const at = place(line.x[index]!, best);
  return [...shapes, ...marks, { kind: 'circle', at, radius: 5, fill: look.background, colour, width: 2 }];
}

function marker(figure: Figure, { plane, place, range }: FigureLayout, look: FigureLook): Shape[] {
  if (!figure.marker || figure.marker.x < range.x.min || figure.marker.x > range.x.max) return [];
  const { x } = place(figure.marker.x, range.y.min);
  // Its word stands before it where there is room between it and the axis.
  const before = x - 6 - textWidth(figure.marker.label) > plane.left;
  const points = [
    { x, y: plane.top },
    { x, y: plane.bottom },
  ];
  return [
    { kind: 'path', points, colour: look.axis, width: 1, dashes: [2, 3] },
    {
      kind: 'text',
      at: { x: before ? x - 6 : x + 6, y: plane.top + 8 },
      text: figure.marker.label,
      size: TEXT,
      colour: look.muted,
      anchor: before ? 'end' : 'start',
    },
  ];
}

function legend({ legend: entries }: FigureLayout, look: FigureLook): Shape[] {
  return entries.flatMap(({ line, text, at }): Shape[] => [
    {
      kind: 'path',
      points: [at, { x: at.x + 18, y: at.y }],
      colour: line.colour,
      width: widthOf(line),
      dashes: dashesOf(line),
    },
    ...markOf(line, { x: at.x + 9, y: at.y }),
    { kind: 'text', at: { x: at.x + 24, y: at.y }, text, size: TEXT, colour: look.text, anchor: 'start' },
  ]);
}

/** The shapes of a figure, those behind first. */
export function drawFigure(figure: Figure, look: FigureLook): Shape[] {
  const layout = layoutOf(figure, look);
  const lines = figure.lines.map((line) => {
    const shapes = curve(line, layout, look, figure.y);
    return line.faint ? shapes.map((shape) => ({ ...shape, opacity: FAINT })) : shapes;
  });
  return [
    {
      kind: 'text',
      at: { x: TITLE_LEFT, y: 20 },
      ...titleOf(figure.title, look.width),
      colour: look.text,
      anchor: 'start',
      strong: true,
    },
    ...legend(layout, look),
    ...axes(figure, layout, look),
    ...marker(figure, layout, look),
    ...figure.lines.flatMap((line) => bandOf(line, layout)),
    ...lines.flat(),
  ];
}
