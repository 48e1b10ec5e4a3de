import { expect, test } from 'vitest';
import { bandRange, chartDatasets } from '../../../../src/renderer/charts/datasets.ts';

const theme = {
  text: 'rgb(0, 0, 0)',
  muted: 'rgb(1, 1, 1)',
  grid: 'rgb(2, 2, 2)',
  axis: 'rgb(3, 3, 3)',
  surface: 'rgb(255, 255, 255)',
  accent: 'rgb(4, 4, 4)',
  series: ['rgb(10, 0, 0)', 'rgb(20, 0, 0)'],
  font: 'Inter',
};
const frame = { theme, range: { min: 1, max: 4 }, width: 400, smoothing: 0 };
const line = { id: 'a', label: 'lstm', endLabel: 'lstm', x: [1, 2, 3, 4], y: [4, 2, 3, 1], colour: 3 };

test('a line has its colour, dashes when it is of training, and the ring of its best epoch', () => {
  const [drawn] = chartDatasets([{ ...line, dashed: true, marked: 2 }], frame);
  expect(drawn).toMatchObject({ borderColor: 'rgb(10, 0, 0)', borderDash: [5, 4], ring: { x: 2, y: 2 } });
});

test('smoothing keeps the raw line, faint, behind and without a name or mark', () => {
  const [raw, smoothed] = chartDatasets([{ ...line, mark: 1 }], { ...frame, smoothing: 0.5 });
  expect([raw?.mark, smoothed?.mark]).toEqual([0, 1]);
  expect(raw).toMatchObject({ borderColor: 'rgba(10, 0, 0, 0.28)', ring: null });
  expect(raw).not.toHaveProperty('endLabel');
  expect(raw?.data.map(({ y }) => y)).toEqual(line.y);
  expect(smoothed?.data[1]?.y).toBeCloseTo(8 / 3, 12);
  expect(smoothed?.endLabel).toBe('lstm');
});

test('a point between gaps is drawn as a dot, and NaN is marked where it happened', () => {
  const [drawn] = chartDatasets([{ ...line, y: [1, NaN, 3, null] }], frame);
  expect(drawn?.dots).toEqual([
    { x: 1, y: 1 },
    { x: 3, y: 3 },
  ]);
  expect(drawn?.broken).toEqual([2]);
});

test('the axis is told of the bands in sight, not of those zoomed away', () => {
  const banded = { ...line, band: { low: [0, 1, null, -9], high: [5, 3, null, 9] } };
  const within = (min: number, max: number) =>
    bandRange(chartDatasets([banded], { ...frame, range: { min, max } }));
  expect(within(1, 2)).toEqual({ min: 0, max: 5 });
  expect(within(1.5, 2)).toEqual({ min: 0.5, max: 4 });
  expect(within(2, 3)).toEqual({ min: -4, max: 6 });
  expect(bandRange(chartDatasets([line], frame))).toBeNull();
});

test('what stands at an epoch out of sight is not drawn, what stands at the edge is', () => {
  const broken = { ...line, y: [4, NaN, 3, NaN], marked: 1 };
  const [drawn] = chartDatasets([broken], { ...frame, range: { min: 2, max: 3 } });
  expect(drawn).toMatchObject({ ring: null, broken: [2] });
});
