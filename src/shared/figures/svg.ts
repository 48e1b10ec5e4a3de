/** A figure as an SVG file that stands alone: no script, no network, text as text. */
import { drawFigure } from './draw.ts';
import type { Figure, FigureLook, Place, Shape } from './figure.ts';

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A tenth of a pixel is finer than any line. */
const number = (value: number): string => String(Math.round(value * 10) / 10);

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escape(typeof value === 'number' ? number(value) : String(value))}"`)
    .join('');
}

const corners = (points: readonly Place[]): string =>
  points.map(({ x, y }) => `${number(x)},${number(y)}`).join(' ');

function element(shape: Shape): string {
  const opacity = shape.opacity === undefined ? undefined : String(shape.opacity);
  if (shape.kind === 'text') {
    const { at, size, colour, anchor, strong, upwards, text } = shape;
    const turned = upwards ? `rotate(-90 ${number(at.x)} ${number(at.y)})` : undefined;
    const look = { 'font-size': size, 'font-weight': strong ? '600' : undefined, 'text-anchor': anchor };
    const where = { x: at.x, y: at.y, dy: '0.35em', transform: turned };
    return `<text${attributes({ ...where, fill: colour, ...look, opacity })}>${escape(text)}</text>`;
  }
  if (shape.kind === 'circle') {
    const { at, radius, fill, colour, width } = shape;
    const look = { fill, stroke: colour, 'stroke-width': String(width), opacity };
    return `<circle${attributes({ cx: at.x, cy: at.y, r: radius, ...look })}/>`;
  }
  const points = corners(shape.points);
  if (shape.kind === 'area') return `<polygon${attributes({ points, fill: shape.colour, opacity })}/>`;
  const dashes = shape.dashes.length === 0 ? undefined : shape.dashes.join(' ');
  const stroke = { stroke: shape.colour, 'stroke-width': String(shape.width), 'stroke-dasharray': dashes };
  return `<polyline${attributes({ points, fill: 'none', ...stroke, 'stroke-linejoin': 'round', opacity })}/>`;
}

/** The whole file. The words of title and legend can be selected and searched in it. */
export function figureSvg(figure: Figure, look: FigureLook): string {
  const { width, height, background, font } = look;
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg"${attributes({ ...size, 'font-family': font, role: 'img' })}>`,
    `<title>${escape(figure.title)}</title>`,
    `<rect${attributes({ width: '100%', height: '100%', fill: background })}/>`,
    ...drawFigure(figure, look).map(element),
    '</svg>\n',
  ].join('\n');
}
