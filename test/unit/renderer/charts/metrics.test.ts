import { expect, test } from 'vitest';
import { metricAxis, metricSeries, metricTitle } from '../../../../src/renderer/charts/metrics.ts';

const run = { id: 'r', name: 'lstm' };
const curves = { x: [1, 2], series: { loss: [0.7, 0.5], val_loss: [0.6, 0.55] }, seconds: [1, 1] };

test('metrics are called by their names and axes by what they measure', () => {
  expect([metricTitle('acc'), metricTitle('val_acc'), metricTitle('top_5')]).toEqual([
    'Accuracy',
    'Validation accuracy',
    'top_5',
  ]);
  expect([
    metricAxis('loss', 'binary_crossentropy'),
    metricAxis('acc', 'mse'),
    metricAxis('loss', undefined),
  ]).toEqual(['binary cross-entropy', 'share correct', 'loss']);
});

test('a compared run is named once, at its validation line', () => {
  const lines = metricSeries(curves, 'loss', { run, colour: 2, bestEpoch: 2 });
  expect(lines.map(({ endLabel, dashed, marked }) => ({ endLabel, dashed, marked }))).toEqual([
    { endLabel: 'lstm', dashed: undefined, marked: 2 },
    { endLabel: undefined, dashed: true, marked: undefined },
  ]);
});

test('without validation the training line carries the name', () => {
  const [line, ...rest] = metricSeries({ ...curves, series: { loss: [0.7, 0.5] } }, 'loss', {
    run,
    colour: 2,
  });
  expect(line?.endLabel).toBe('lstm');
  expect(rest).toEqual([]);
});
