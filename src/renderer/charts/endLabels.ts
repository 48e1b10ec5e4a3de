/** A Chart.js plugin: each line's name at its end, moved apart where they would overlap, instead of a far legend. */
import type { Chart, Plugin } from 'chart.js';
import { shorten } from '../../shared/figures/shorten.ts';
import type { LabelledDataset } from './datasets.ts';
import { fillMark } from './marks.ts';

const FONT_SIZE = 12;
const LINE_HEIGHT = 15;
const GAP = 6;
const MARK = 8;
/** Labels take at most this share of the width; longer names are cut in the middle. */
const LARGEST_SHARE = 0.24;

interface Place {
  text: string;
  colour: string;
  mark: number;
  dashes: number[];
  y: number;
}

/** Texts that fit, and of which those that differ still do: where cutting their middles left the same, they lose what they share first. */
export function shortenAll(texts: readonly string[], fits: (text: string) => boolean): string[] {
  const cut = texts.map((text) => shorten(text, fits));
  if (new Set(cut).size === new Set(texts).size) return cut;
  const shared = sharedWords(texts);
  return texts.map((text) => (fits(text) ? text : shorten(`…${text.slice(shared)}`, fits)));
}

/** How many letters of whole words all texts begin with. */
function sharedWords(texts: readonly string[]): number {
  const [first = '', ...others] = texts;
  let letters = 0;
  while (letters < first.length && others.every((text) => text[letters] === first[letters])) letters++;
  return first.slice(0, letters).search(/[^ _·-]*$/);
}

/** As many labels as there is room for, in the order of the lines; the hover box names the others. */
export function thoseThatFit<P extends Pick<Place, 'y'>>(places: readonly P[], height: number): P[] {
  const room = Math.floor(height / LINE_HEIGHT);
  if (places.length <= room) return [...places];
  const shown: P[] = [];
  for (const place of places) {
    if (shown.every(({ y }) => Math.abs(y - place.y) >= LINE_HEIGHT)) shown.push(place);
  }
  return shown;
}

/** Pushes places apart from top to bottom, then back up from the lower edge. */
export function moveApart(places: Pick<Place, 'y'>[], top: number, bottom: number): void {
  places.sort((a, b) => a.y - b.y);
  let least = top;
  for (const place of places) {
    place.y = Math.max(place.y, least);
    least = place.y + LINE_HEIGHT;
  }
  let most = bottom;
  for (const place of places.toReversed()) {
    place.y = Math.min(place.y, most);
    most = place.y - LINE_HEIGHT;
  }
}

function font(chart: Chart): string {
  return `500 ${FONT_SIZE}px ${String(chart.options.font?.family ?? 'sans-serif')}`;
}

function labelWidth(chart: Chart): number {
  chart.ctx.save();
  chart.ctx.font = font(chart);
  const widths = (chart.data.datasets as LabelledDataset[]).map(({ endLabel }) =>
    endLabel ? chart.ctx.measureText(endLabel).width : 0,
  );
  chart.ctx.restore();
  return Math.min(Math.max(0, ...widths), chart.width * LARGEST_SHARE);
}

/** Dashes at a swatch, so that a piece as short shows more than one. */
const SMALLER = 0.6;

/** A short piece of the line, dashed and dotted as it is. */
function drawSwatch(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  colour: string,
  dashes: readonly number[],
): void {
  ctx.beginPath();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 3;
  ctx.setLineDash(dashes.map((length) => length * SMALLER));
  ctx.moveTo(x, y);
  ctx.lineTo(x + MARK, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

export const endLabels: Plugin<'line'> = {
  id: 'endLabels',
  beforeLayout(chart) {
    if ((chart.config as { type?: string }).type !== 'line') return;
    const width = labelWidth(chart);
    const padding = chart.options.layout;
    if (padding)
      padding.padding = { top: 8, left: 0, bottom: 0, right: width === 0 ? 10 : width + MARK + 2 * GAP };
  },
  afterDatasetsDraw(chart) {
    const { ctx, chartArea } = chart;
    const width = labelWidth(chart);
    if (width === 0) return;
    ctx.save();
    ctx.font = font(chart);
    const ends: Place[] = [];
    (chart.data.datasets as LabelledDataset[]).forEach((dataset, index) => {
      const last = chart
        .getDatasetMeta(index)
        .data.findLast((point) => !(point as unknown as { skip: boolean }).skip);
      if (!dataset.endLabel || last === undefined) return;
      ends.push({
        text: dataset.endLabel,
        colour: String(dataset.borderColor),
        mark: dataset.mark,
        dashes: dataset.borderDash as number[],
        y: last.y,
      });
    });
    const texts = ends.map(({ text }) => text);
    const cut = shortenAll(texts, (text) => ctx.measureText(text).width <= width);
    ends.forEach((end, index) => (end.text = cut[index]!));
    const places = thoseThatFit(ends, chartArea.height);
    moveApart(places, chartArea.top, chartArea.bottom);
    ctx.textBaseline = 'middle';
    for (const { text, colour, mark, dashes, y } of places) {
      ctx.fillStyle = colour;
      if (mark > 0) fillMark(ctx, mark, { x: chartArea.right + GAP + MARK / 2, y });
      else drawSwatch(ctx, chartArea.right + GAP, y, colour, dashes);
      ctx.fillStyle = String(chart.options.color);
      ctx.fillText(text, chartArea.right + GAP + MARK + GAP / 1.5, y);
    }
    ctx.restore();
  },
};
