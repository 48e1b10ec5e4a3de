import { expect, test } from 'vitest';
import { metricNames, withPoint } from '../../../../src/renderer/state/points.ts';

const EMPTY = { x: [], series: {}, seconds: [] };
const pace = (seconds: number) => ({ seconds, learningRate: 0.1, peakBytes: 7, at: seconds });

test('points are appended, and a metric that begins later has nulls before', () => {
  const one = withPoint(EMPTY, 1, { loss: 0.7 }, pace(4));
  expect(withPoint(one, 2, { loss: 0.5, acc: 0.8 }, pace(5))).toEqual({
    x: [1, 2],
    series: { loss: [0.7, 0.5], acc: [null, 0.8] },
    seconds: [4, 5],
    learningRate: [0.1, 0.1],
    peakBytes: [7, 7],
    at: [4, 5],
  });
});

test('an epoch repeated after resuming replaces what was drawn from there on', () => {
  const three = [1, 2, 3].reduce(
    (curves, x) => withPoint(curves, x, { loss: x }, pace(x)),
    EMPTY as Parameters<typeof withPoint>[0],
  );
  expect(withPoint(three, 2, { loss: 9 }, pace(8))).toMatchObject({
    x: [1, 2],
    series: { loss: [1, 9] },
    seconds: [1, 8],
    at: [1, 8],
  });
});

test('metrics are named once, without their validation twins, loss first', () => {
  expect(
    metricNames([{ x: [1], series: { acc: [1], val_acc: [1], val_loss: [1], loss: [1] }, seconds: [1] }]),
  ).toEqual(['loss', 'acc']);
});
