import { expect, test } from 'vitest';
import {
  chartedSeries,
  groupSeries,
  leftOutOfMeans,
  meanCurves,
  runSeries,
} from '../../../../../src/renderer/screens/compare/curves.ts';
import { axisEnd, beyondText } from '../../../../../src/shared/comparison/beyond.ts';
import type { Comparison } from '../../../../../src/shared/contract/compare.ts';
import type { Curves } from '../../../../../src/shared/contract/runs.ts';

/** Runs whose validation loss went through these values, an epoch each. */
function seeds(...losses: readonly (readonly number[])[]) {
  const runs = losses.map((values, index) => ({
    id: String(index),
    name: `seed ${index}`,
    colour: index + 1,
    training: { epochs: values.length },
    last: { val_loss: values.at(-1) },
    best: { val_loss: Math.min(...values) },
    bestEpochs: { val_loss: values.indexOf(Math.min(...values)) + 1 },
    worst: { val_loss: Math.max(...values) },
    worstEpochs: { val_loss: values.indexOf(Math.max(...values)) + 1 },
    error: null,
  })) as unknown as Comparison['runs'];
  const curves = losses.map((values): Curves => ({
    x: values.map((_, epoch) => epoch + 1),
    series: { val_loss: [...values] },
    seconds: values.map(() => 1),
  }));
  return { runs, curves };
}
const wanted = { lines: 'validation', marked: false } as const;

test('a group has its name at its line’s end, and the number of its runs before its split where the pointer is', () => {
  const { runs, curves } = seeds([0.6, 0.4], [0.8, 0.6]);
  const groups = [{ name: 'lecture-lstm', runs: [0, 1], seeds: [1, 2] }];
  const [line] = groupSeries(runs, groups, curves, 'loss', wanted);
  expect(line).toMatchObject({
    label: 'lecture-lstm validation, mean of 2 seeds',
    brief: 'lecture-lstm, mean of 2, validation',
    endLabel: 'lecture-lstm',
  });
});

test('a mean leaves runs out whose loss exploded, and says so; where all did, it is of all', () => {
  const { runs, curves } = seeds([0.6, 0.4], [0.8, 0.2, 1e6], [0.8, 0.6]);
  const group = (...members: number[]) => [{ name: 'm', runs: members, seeds: members }];
  const [line] = groupSeries(runs, group(0, 1, 2), curves, 'loss', wanted);
  expect(line?.label).toBe('m validation, mean of 2 seeds, 1 left out whose loss exploded');
  expect(line?.y[1]).toBeCloseTo(0.5, 12);
  expect(leftOutOfMeans({ runs, groups: group(0, 1, 2) })).toBe(1);
  const [alone] = groupSeries(runs, group(1, 1), curves, 'loss', wanted);
  expect(alone).toMatchObject({ label: 'm validation, mean of 2 seeds', y: [0.8, 0.2, 1e6] });
});

test('runs whose batches or seconds are not each other’s are read between their points, as long as all go on', () => {
  const curves = (x: number[], acc: (number | null)[]): Curves => ({ x, series: { acc }, seconds: [] });
  const mean = meanCurves([curves([1, 3, 5], [0.2, 0.4, 0.8]), curves([2, 4], [0.3, 0.5])], 'acc');
  expect(mean.x).toEqual([2, 3, 4]);
  expect(mean.y.map((value) => value?.toFixed(6))).toEqual(['0.300000', '0.400000', '0.550000']);
  expect(mean.band?.high[2]).toBeCloseTo(0.55 + Math.SQRT1_2 * 0.1, 12);
  const broken = meanCurves(
    [curves([1, 2, 3], [0.2, null, 0.4]), curves([1, 2.5, 3], [0.2, 0.3, 0.4])],
    'acc',
  );
  expect(broken.y).toEqual([0.2, null, null, 0.4]);
  expect(meanCurves([curves([1], [0.2]), curves([2], [0.3])], 'acc').x).toEqual([]);
});

test('an axis ends above the lines of runs whose loss did not explode, and says which leave it', () => {
  const { runs, curves } = seeds([0.6, 0.4], [0.8, 0.2, 1e6], [0.8, 0.6]);
  const group = (...members: number[]) => ({ name: `of ${members.join()}`, runs: members, seeds: members });
  const end = (...groups: ReturnType<typeof group>[]) => {
    const grouped = groups.length > 0;
    const series = grouped
      ? groupSeries(runs, groups, curves, 'loss', wanted)
      : runSeries(runs, curves, 'loss', wanted);
    return axisEnd(chartedSeries({ runs, groups }, series, grouped));
  };
  expect(end()).toEqual({ max: 1.05 * 0.8, leaving: ['seed 1'] });
  expect(beyondText(end().leaving)).toMatch(/^seed 1 leaves the chart/);
  expect(end(group(0, 1, 2))).toEqual({ max: undefined, leaving: [] });
  expect(end(group(0, 2), group(1)).leaving).toEqual(['of 1']);
  expect(axisEnd([{ name: 'alone', exploded: true, lines: [{ y: [1, 1e9] }] }]).max).toBeUndefined();
});
