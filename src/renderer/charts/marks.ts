/** A Chart.js plugin: what stands around the lines. Spread bands, lone points, shapes on lines that share a colour, the best epoch's ring, values that are no number. */
import type { Chart, Plugin, Scale } from 'chart.js';
import type { Place } from '../../shared/figures/figure.ts';
import { markAround, markedPoints } from '../../shared/figures/marks.ts';
import type { ChartDataset } from './datasets.ts';

const RING_RADIUS = 5;
const DOT_RADIUS = 3;
const CROSS = 3.5;

/** A value's height in pixels; what a logarithmic axis has no place for stands at the lower edge. */
function heightOf({ chartArea }: Chart, scale: Scale, value: number): number {
  const pixel = scale.getPixelForValue(value);
  return Number.isFinite(pixel)
    ? Math.min(chartArea.bottom, Math.max(chartArea.top, pixel))
    : chartArea.bottom;
}

function drawBand(chart: Chart, x: Scale, y: Scale, { band, bandColour }: ChartDataset): void {
  if (band === null) return;
  const { ctx } = chart;
  ctx.beginPath();
  for (const at of [...band.high, ...band.low.toReversed()])
    ctx.lineTo(x.getPixelForValue(at.x), heightOf(chart, y, at.y));
  ctx.closePath();
  ctx.fillStyle = bandColour;
  ctx.fill();
}

function drawCircle(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
}

/** A mark in the colour set for filling. */
export function fillMark(ctx: CanvasRenderingContext2D, mark: number, at: Place): void {
  ctx.beginPath();
  for (const { x, y } of markAround(mark, at)) ctx.lineTo(x, y);
  ctx.closePath();
  ctx.fill();
}

function drawShapes({ ctx, chartArea }: Chart, x: Scale, y: Scale, { data, mark }: ChartDataset): void {
  if (mark === 0) return;
  const points = data.map((at) => ({ x: x.getPixelForValue(at.x), y: y.getPixelForValue(at.y) }));
  const seen = points.filter((at) => at.x >= chartArea.left - 1 && at.x <= chartArea.right + 1);
  for (const at of markedPoints(seen)) fillMark(ctx, mark, at);
}

function drawMarks(chart: Chart, x: Scale, y: Scale, dataset: ChartDataset): void {
  const { ctx, chartArea } = chart;
  const colour = String(dataset.borderColor);
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 1.5;
  drawShapes(chart, x, y, dataset);
  for (const at of dataset.dots) {
    drawCircle(ctx, x.getPixelForValue(at.x), y.getPixelForValue(at.y), DOT_RADIUS);
  }
  for (const at of dataset.broken) {
    const left = x.getPixelForValue(at);
    const middle = chartArea.bottom - CROSS - 2;
    ctx.beginPath();
    ctx.moveTo(left - CROSS, middle - CROSS);
    ctx.lineTo(left + CROSS, middle + CROSS);
    ctx.moveTo(left - CROSS, middle + CROSS);
    ctx.lineTo(left + CROSS, middle - CROSS);
    ctx.stroke();
  }
  if (dataset.ring === null) return;
  ctx.lineWidth = 2;
  ctx.fillStyle = String(chart.options.backgroundColor);
  drawCircle(ctx, x.getPixelForValue(dataset.ring.x), y.getPixelForValue(dataset.ring.y), RING_RADIUS);
}

function drawEach(chart: Chart, draw: (x: Scale, y: Scale, dataset: ChartDataset) => void): void {
  const { ctx, chartArea } = chart;
  const { x, y } = chart.scales;
  if (x === undefined || y === undefined) return;
  ctx.save();
  ctx.beginPath();
  // Marks at the first and last x stand half outside.
  ctx.rect(
    chartArea.left - RING_RADIUS - 2,
    chartArea.top - RING_RADIUS - 2,
    chartArea.width + 2 * RING_RADIUS + 4,
    chartArea.height + RING_RADIUS + 4,
  );
  ctx.clip();
  for (const dataset of chart.data.datasets as unknown as ChartDataset[]) draw(x, y, dataset);
  ctx.restore();
}

export const marks: Plugin<'line'> = {
  id: 'marks',
  beforeDatasetsDraw: (chart) => drawEach(chart, (x, y, dataset) => drawBand(chart, x, y, dataset)),
  afterDatasetsDraw: (chart) => drawEach(chart, (x, y, dataset) => drawMarks(chart, x, y, dataset)),
};
