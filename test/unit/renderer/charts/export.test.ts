import { expect, test } from 'vitest';
import { figureLines, valueRows } from '../../../../src/renderer/charts/export.ts';

const theme = {
  ...{ text: 'black', muted: 'grey', grid: 'silver', axis: 'grey', surface: 'white', accent: 'blue' },
  series: ['red', 'green'],
  font: 'Inter',
};
const line = { id: 'a', label: 'lstm', endLabel: 'lstm', x: [1, 2, 4], y: [4, 2, 0], colour: 2 };

test('the table holds a row for each x of any line, and no value at an x that is not its own', () => {
  const other = { ...line, id: 'b', x: [2, 3], y: [7, NaN] };
  expect(valueRows([line, other])).toEqual([
    [1, 4, null],
    [2, 2, 7],
    [3, null, NaN],
    [4, 0, null],
  ]);
});

test('a line with several values at one x has a row for each', () => {
  const roc = { ...line, x: [0, 0, 0.5, 1], y: [0, 0.4, 0.9, 1] };
  const guessing = { ...line, id: 'b', x: [0, 1], y: [0, 1] };
  expect(valueRows([roc, guessing])).toEqual([
    [0, 0, 0],
    [0, 0.4, null],
    [0.5, 0.9, null],
    [1, 1, 1],
  ]);
});

test('a smoothed chart is saved with its raw lines behind, in the run’s colour', () => {
  const [raw, smoothed] = figureLines([line], 0.5, theme);
  expect(raw).toMatchObject({ faint: true, y: [4, 2, 0], colour: 'green' });
  expect(smoothed).toMatchObject({ label: 'lstm', colour: 'green' });
  expect(smoothed?.y[1]).toBeCloseTo(8 / 3, 12);
  expect(figureLines([line], 0, theme)).toHaveLength(1);
});
