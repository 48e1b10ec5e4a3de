/** A heat map as it leaves the application: with its title, axes and scale, in the colours of paper. */
import { toCsv } from '../../shared/csv.ts';
import { formatMetric } from '../../shared/format.ts';
import { paperTheme } from '../charts/theme.ts';
import { saveFile } from '../client/save.ts';
import type { Memory } from './flows.ts';
import { cellColour, colourOf, type Shades } from './heat.ts';

export interface HeatFigure {
  title: string;
  memory: Memory;
  units: number;
  words: readonly string[] | null;
}

const WIDTH = 960;
const HEIGHT = 420;
const MAP = { left: 56, top: 44, width: 880, height: 310 };
const DENSITY = 2;

interface Text {
  text: string;
  x: number;
  y: number;
  size: number;
  anchor: 'start' | 'middle' | 'end';
}

/** What stands around the map. */
function textsOf({ title, memory, units }: HeatFigure): Text[] {
  const steps = memory.values.length / units;
  const bottom = MAP.top + MAP.height;
  const range = `${memory.signed ? formatMetric(-memory.most) : '0'} to ${formatMetric(memory.most)}`;
  return [
    { text: title, x: 16, y: 24, size: 15, anchor: 'start' },
    { text: 'unit 1', x: MAP.left - 6, y: MAP.top + 10, size: 11, anchor: 'end' },
    { text: `unit ${units}`, x: MAP.left - 6, y: bottom - 4, size: 11, anchor: 'end' },
    { text: 'step 1', x: MAP.left, y: bottom + 18, size: 11, anchor: 'start' },
    { text: `step ${steps}`, x: MAP.left + MAP.width, y: bottom + 18, size: 11, anchor: 'end' },
    { text: `values from ${range}`, x: MAP.left + MAP.width / 2, y: bottom + 40, size: 11, anchor: 'middle' },
  ];
}

function paperShades(): Shades {
  const { surface, series } = paperTheme();
  return { none: colourOf(surface), under: colourOf(series[0]!), above: colourOf(series[1]!) };
}

/** Calls back for every cell with its place on paper and its colour. */
function forEachCell(
  { memory, units }: HeatFigure,
  draw: (x: number, y: number, width: number, height: number, colour: string) => void,
): void {
  const shades = paperShades();
  const steps = memory.values.length / units;
  const [width, height] = [MAP.width / steps, MAP.height / units];
  for (let step = 0; step < steps; step++)
    for (let unit = 0; unit < units; unit++) {
      const [red, green, blue] = cellColour(memory.values[step * units + unit]! / memory.most, shades);
      const colour = `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
      draw(MAP.left + step * width, MAP.top + unit * height, width, height, colour);
    }
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function saveHeatSvg(figure: HeatFigure): void {
  const { text: ink, surface, font } = paperTheme();
  const cells: string[] = [];
  forEachCell(figure, (x, y, width, height, colour) => {
    const size = `width="${(width + 0.05).toFixed(2)}" height="${(height + 0.05).toFixed(2)}"`;
    cells.push(`<rect x="${x.toFixed(2)}" y="${y.toFixed(2)}" ${size} fill="${colour}"/>`);
  });
  const texts = textsOf(figure).map(
    ({ text, x, y, size, anchor }) =>
      `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${ink}">${escape(text)}</text>`,
  );
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="${escape(font).replaceAll('"', '&quot;')}" role="img">`,
    `<title>${escape(figure.title)}</title>`,
    `<rect width="100%" height="100%" fill="${surface}"/>`,
    ...cells,
    ...texts,
    '</svg>\n',
  ].join('\n');
  saveFile(figure.title, 'svg', new Blob([svg], { type: 'image/svg+xml' }));
}

export async function saveHeatPng(figure: HeatFigure): Promise<void> {
  const { text: ink, surface, font } = paperTheme();
  const canvas = new OffscreenCanvas(WIDTH * DENSITY, HEIGHT * DENSITY);
  const context = canvas.getContext('2d')!;
  context.scale(DENSITY, DENSITY);
  context.fillStyle = surface;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  forEachCell(figure, (x, y, width, height, colour) => {
    context.fillStyle = colour;
    // A little larger, so that no line of the ground shows between cells.
    context.fillRect(x, y, width + 0.3, height + 0.3);
  });
  context.fillStyle = ink;
  for (const { text, x, y, size, anchor } of textsOf(figure)) {
    context.font = `${size}px ${font}`;
    context.textAlign = anchor === 'middle' ? 'center' : anchor;
    context.fillText(text, x, y);
  }
  saveFile(figure.title, 'png', await canvas.convertToBlob({ type: 'image/png' }));
}

/** A row a step, with its word, a column a unit. */
export function saveHeatCsv({ title, memory, units, words }: HeatFigure): void {
  const header = ['step', 'word', ...Array.from({ length: units }, (_, unit) => `unit ${unit + 1}`)];
  const rows = Array.from({ length: memory.values.length / units }, (_, step) => [
    step + 1,
    words?.[step] ?? '',
    ...memory.values.subarray(step * units, (step + 1) * units),
  ]);
  saveFile(title, 'csv', new Blob([toCsv([header, ...rows])], { type: 'text/csv' }));
}
