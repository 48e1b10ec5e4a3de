import { expect, test } from 'vitest';
import { drawFigure } from '../../../../src/shared/figures/draw.ts';
import type { Figure, FigureLine, Shape } from '../../../../src/shared/figures/figure.ts';
import { layoutOf } from '../../../../src/shared/figures/layout.ts';
import { figureSvg } from '../../../../src/shared/figures/svg.ts';

const look = {
  width: 960,
  height: 540,
  text: 'black',
  muted: 'grey',
  grid: 'silver',
  axis: 'dimgrey',
  background: 'white',
  font: 'Inter, sans-serif',
};
const line: FigureLine = { label: 'lstm', x: [1, 2, 3, 4], y: [0.8, 0.4, 0.5, 0.2], colour: 'blue' };
const figure: Figure = {
  title: 'Loss',
  x: { title: 'epoch', whole: true },
  y: { title: 'binary cross-entropy' },
  lines: [line, { ...line, label: 'a <b> & "c"', colour: 'red', dashed: true }],
};

const texts = (shapes: readonly Shape[]) =>
  shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
/** The pieces a line was drawn with, its legend left out. */
function curvesOf(changes: Partial<Figure>, lines: readonly FigureLine[]) {
  const shapes = drawFigure({ ...figure, ...changes, lines }, look);
  return shapes
    .filter(({ kind, ...shape }) => kind === 'path' && 'colour' in shape && shape.colour === 'blue')
    .slice(1);
}

test('title, axes and a name for each line are in the picture', () => {
  const found = texts(drawFigure(figure, look));
  expect(found).toEqual(
    expect.arrayContaining(['Loss', 'epoch', 'binary cross-entropy', 'lstm', 'a <b> & "c"', '1', '4', '0.2']),
  );
});

test('a long title is smaller, and cut only where that is not enough', () => {
  const titled = (title: string) => {
    const [shown] = drawFigure({ ...figure, title }, { ...look, width: 720 });
    return shown?.kind === 'text' ? shown : undefined;
  };
  expect(titled('Loss')).toMatchObject({ text: 'Loss', size: 16 });
  const long = titled('x'.repeat(83))!;
  expect(long.text).toHaveLength(83);
  expect(long.size).toBeGreaterThan(12);
  expect(long.size).toBeLessThan(16);
  expect(titled('x'.repeat(200))).toMatchObject({ size: 12, text: expect.stringMatching(/^x{40,}…x{40,}$/) });
});

test('the word at a marker stands before it, and behind it beside the axis', () => {
  const at = (x: number) => {
    const shapes = drawFigure({ ...figure, marker: { x, label: 'they part' } }, look);
    return shapes.find((shape) => shape.kind === 'text' && shape.text === 'they part');
  };
  expect(at(4)).toMatchObject({ anchor: 'end' });
  expect(at(1)).toMatchObject({ anchor: 'start' });
});

test('a logarithmic axis says so and leaves out what it has no place for', () => {
  const y = { title: 'loss', logarithmic: true };
  const shapes = drawFigure({ ...figure, y, lines: [{ ...line, y: [1, 0, 0.1, 0.01] }] }, look);
  expect(texts(shapes)).toContain('loss (log)');
  expect(JSON.stringify(shapes)).not.toMatch(/null/);
  expect(curvesOf({ y }, [{ ...line, y: [1, 0, 0.1, 0.01] }])).toHaveLength(1);
});

test('a gap breaks the line, and a lone point is a dot', () => {
  const broken = { ...line, x: [1, 2, 3, 4, 5], y: [1, 2, NaN, 3, 4] };
  expect(curvesOf({}, [broken])).toHaveLength(2);
  const lone = drawFigure({ ...figure, lines: [{ ...line, y: [1, 2, null, 3] }] }, look);
  expect(lone.filter(({ kind }) => kind === 'circle')).toHaveLength(1);
});

test('a zoomed line ends at the edges, between its points', () => {
  const zoomed = { ...figure, range: { min: 1.5, max: 2.5 } };
  const [curve] = curvesOf(zoomed, [line]) as [Shape & { kind: 'path' }];
  const [from, , to] = curve.points as [{ x: number; y: number }, unknown, { x: number; y: number }];
  const { plane } = layoutOf({ ...zoomed, lines: [line] }, look);
  expect(curve.points).toHaveLength(3);
  expect([from.x, to.x]).toEqual([plane.left, plane.right]);
});

test('the y axis of a zoomed figure holds what its lines and bands reach at the edges', () => {
  const steep = { ...line, x: [1, 3], y: [0, 10], band: { low: [-2, 8], high: [4, 30] } };
  const range = { min: 1.5, max: 2.5 };
  const { range: found } = layoutOf({ ...figure, range, lines: [steep] }, look);
  expect(found.y.min).toBeLessThanOrEqual(0.5);
  expect(found.y.max).toBeGreaterThanOrEqual(23.5);
  const logarithmic = layoutOf(
    {
      ...figure,
      range: { min: 2, max: 3 },
      y: { title: 'loss', logarithmic: true },
      lines: [{ ...line, x: [1, 3], y: [100, 1] }],
    },
    look,
  );
  expect(logarithmic.range.y.max).toBeCloseTo(10, 12);
});

test('many long names break into lines above the axes instead of over one another', () => {
  const lines = Array.from({ length: 30 }, (_, index) => ({
    ...line,
    label: `run ${index} ${'x'.repeat(index * 8)}`,
  }));
  const names = drawFigure({ ...figure, lines }, look).filter(
    (shape): shape is Shape & { kind: 'text' } => shape.kind === 'text' && shape.text.startsWith('run '),
  );
  expect(names).toHaveLength(30);
  expect(names.at(-1)?.text).toMatch(/^run 29 x+…x+$/);
  expect(names.every(({ at, text }) => at.x + text.length * 5 <= look.width)).toBe(true);
  expect(new Set(names.map(({ at }) => `${at.x} ${at.y}`)).size).toBe(30);
});

test('one point, one value and no value at all have axes too', () => {
  for (const lines of [[], [{ ...line, x: [1], y: [0.5] }], [{ ...line, y: [0, 0, 0, 0] }]]) {
    const shapes = drawFigure({ ...figure, lines }, look);
    expect(JSON.stringify(shapes)).not.toMatch(/null/);
    expect(texts(shapes).length).toBeGreaterThanOrEqual(5);
  }
});

test('the file is SVG that stands alone, with names escaped', () => {
  const svg = figureSvg({ ...figure, marker: { x: 4, label: 'best epoch 4' } }, look);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="960" height="540"/);
  expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
  expect(svg).toContain('best epoch 4');
  expect(svg).not.toMatch(/NaN|undefined|href|script/);
});

test('a mark stands on its line and in the legend, at some distance from the next', () => {
  const x = Array.from({ length: 400 }, (_, index) => index);
  const marked = { ...line, x, y: x.map((at) => at / 400), mark: 2 };
  const shapes = drawFigure({ ...figure, lines: [line, marked, { ...marked, faint: true }] }, look);
  const marks = shapes.filter((shape) => shape.kind === 'area');
  const lefts = marks.slice(1).map(({ points }) => points[1]!.x);
  expect(marks.length).toBeGreaterThan(8);
  expect(lefts.slice(1).every((at, index) => at - lefts[index]! >= 40)).toBe(true);
  expect(marks.every(({ colour }) => colour === 'blue')).toBe(true);
});

test('words at the marks of the x axis stay in the picture and off one another', () => {
  const format = (at: number) => `${at * 1000} to ${at * 1000 + 999} steps`;
  const x = Array.from({ length: 10 }, (_, index) => index + 1);
  const shapes = drawFigure(
    { ...figure, x: { title: 'length', format }, lines: [{ ...line, x, y: x }] },
    look,
  );
  const words = shapes.flatMap((shape) =>
    shape.kind === 'text' && shape.text.endsWith('steps')
      ? [{ at: shape.at.x, half: shape.text.length * 3.2 }]
      : [],
  );
  expect(words.length).toBeGreaterThan(3);
  expect(words.every(({ at, half }) => at + half < look.width)).toBe(true);
  expect(words.slice(1).every(({ at, half }, i) => at - half > words[i]!.at + words[i]!.half)).toBe(true);
});

test('a line that goes beyond the end of the y axis leaves the chart there, and comes back', () => {
  const high = { ...line, x: [1, 2, 3], y: [0.5, 1e6, 0.5] };
  const shapes = drawFigure({ ...figure, y: { title: 'loss', max: 1 }, lines: [high] }, look);
  const paths = shapes.flatMap((shape) => (shape.kind === 'path' && shape.width > 1 ? [shape.points] : []));
  const parts = paths.slice(1);
  expect(parts.map(({ length }) => length)).toEqual([2, 2]);
  expect(parts[0]![1]!.y).toBeCloseTo(parts[1]![0]!.y, 6);
  expect(parts[0]![1]!.y).toBeGreaterThan(0);
  expect(parts[0]![1]!.y).toBeLessThan(parts[0]![0]!.y);
});
