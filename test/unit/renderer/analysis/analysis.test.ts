import { describe, expect, it } from 'vitest';
import { memories, noLookText, normSeries } from '../../../../src/renderer/analysis/flows.ts';
import { outcomesOf, precisionRecallSeries, rocSeries } from '../../../../src/renderer/analysis/outcomes.ts';
import { traceSeries } from '../../../../src/renderer/analysis/traces.ts';
import { groupSeries, meanCurves, runSeries } from '../../../../src/renderer/screens/compare/curves.ts';
import { normsBySteps, reaches } from '../../../../src/shared/comparison/reach.ts';
import { classShown, partingWord, traceRows, whoFollows } from '../../../../src/shared/comparison/traces.ts';
import type { Flow } from '../../../../src/shared/contract/analysis.ts';
import { thresholdPoints } from '../../../../src/shared/statistics/curves.ts';

const look = { id: 'a', name: 'a', colour: 1 };

describe('a text word by word', () => {
  const first = { words: ['so', 'good', '?'], predictions: [[0.4], [0.7], [0.8]] };
  const second = { words: ['so', '?', 'indeed'], predictions: [[0.45], [0.4], [0.3]] };

  it('stands side by side, with what one run does not know told by the other', () => {
    const rows = traceRows([first, null, second], 1);
    expect(rows.map(({ word }) => word)).toEqual(['so', 'good', 'indeed']);
    expect(rows[1]).toMatchObject({ probabilities: [0.7, null, 0.4], said: [1, null, 0], split: true });
    expect(rows.map(({ unknown }) => unknown)).toEqual([
      [false, false, false],
      [false, false, true],
      [true, false, false],
    ]);
    expect(traceSeries(rows, [look])[0]).toMatchObject({ x: [1, 2, 3], y: [0.4, 0.7, 0.8] });
  });

  it('leaves out runs that answer another question, with the reason', () => {
    const reviews = { name: 'reviews', kind: 'tokens' as const, classes: ['bad', 'good'] };
    const sums = { name: 'sums', kind: 'values' as const, classes: [] };
    const done = { status: 'done' as const, epochsDone: 1 };
    const runs = [
      { ...done, data: sums },
      { ...done, data: reviews },
      { ...done, data: { ...reviews, name: 'others' } },
      { ...done, data: { ...reviews, name: 'tasks', classes: ['a', 'b'] } },
      { ...done, data: undefined },
      { status: 'failed' as const, epochsDone: 0, data: reviews },
    ];
    const { data, followed, left } = whoFollows(runs, (run) => run.data);
    expect(data).toBe(reviews);
    expect(followed).toEqual([runs[1], runs[2], runs[4]]);
    expect(left.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/sums.*numbers/),
      expect.stringMatching(/tasks, whose classes are not those of reviews/),
      expect.stringMatching(/failed before its first epoch.*train a new run/),
    ]);
  });

  it('parts at the first word after which the classes said differ, together again at the end or not', () => {
    const back = { ...first, predictions: [[0.6], [0.7], [0.8]] };
    expect(traceRows([first, back], 1).map(({ split }) => split)).toEqual([true, false, false]);
    expect(partingWord(traceRows([first, back], 1))).toBe(0);
    expect(partingWord(traceRows([first, second], 1))).toBe(1);
    expect(partingWord(traceRows([first, first], 1))).toBeNull();
    expect(partingWord([])).toBeNull();
  });

  it('of several classes speaks of the one looked at', () => {
    const three = { words: ['x'], predictions: [[0.2, 0.5, 0.3]] };
    expect(traceRows([three], 2)[0]).toMatchObject({ probabilities: [0.3], said: [1] });
    expect([classShown([null, three]), classShown([first]), classShown([])]).toEqual([1, 1, 1]);
  });
});

describe('gradient and memory', () => {
  const flow: Flow = {
    layers: [
      {
        name: 'lstm',
        cell: 'LSTM',
        units: 2,
        examples: 2,
        steps: 3,
        norms: Float32Array.of(9, 1, 4, 2, 3, 8),
        states: Float32Array.of(9, 9, -0.5, 0.25, 0.1, 0),
        gates: [{ name: 'forget', values: Float32Array.of(9, 9, 1, 0.5, 0, 1) }],
      },
    ],
    examples: [
      { index: 0, label: 1, prediction: [0.6], from: 1, to: 3 },
      { index: 1, label: 0, prediction: [0.6], from: 0, to: 3 },
    ],
    words: null,
  };

  it('is counted from the last step, padding left out', () => {
    const { steps, middle } = normsBySteps(flow, flow.layers[0]!, 'h', 'norm');
    expect(steps).toEqual([-2, -1, 0]);
    expect(middle).toEqual([2, 2, 6]);
    expect(normSeries(flow, look, 'both', 'share')[0]).toMatchObject({
      label: 'a (LSTM)',
      y: [0.25, (0.25 + 0.375) / 2, 1],
    });
    expect(reaches(flow)[0]).toMatchObject({ last: 6, farthest: -2, reaching: 1, share: 0.25 });
  });

  it('tells why nothing is seen of it while a run trains', () => {
    expect(noLookText(true, 0.5)).toMatch(/^Another process trains this run/);
    expect(noLookText(false, null)).toBe('The first look comes after the first epoch.');
    expect(noLookText(false, 0.1)).toContain('since this page was loaded. One comes when all looks together');
  });

  it('shows what the first example left at its real steps', () => {
    const [states, forget] = memories(flow, flow.layers[0]!);
    expect([...states!.values].map((value) => value.toFixed(2))).toEqual(['-0.50', '0.25', '0.10', '0.00']);
    expect(states).toMatchObject({ name: 'hidden state', most: 0.5, signed: true });
    expect(forget).toMatchObject({ name: 'forget gate', most: 1, signed: false });
  });
});

describe('curves of predictions', () => {
  it('begin and end in the corners, with the threshold ringed', () => {
    const predictions = {
      loss: 0,
      acc: 0,
      outputs: 1,
      predictions: Float32Array.of(0.9, 0.6, 0.4, 0.2),
      labels: Float32Array.of(1, 0, 1, 0),
      at: 0,
    };
    const { probabilities, positives } = outcomesOf(predictions, 1);
    const points = thresholdPoints(probabilities, positives);
    expect(rocSeries(points, look, 0.5)).toMatchObject({
      x: [0, 0, 0.5, 0.5, 1],
      y: [0, 0.5, 0.5, 1, 1],
      marked: 0.5,
    });
    expect(precisionRecallSeries(points, look)).toMatchObject({
      x: [0, 0.5, 0.5, 1, 1],
      y: [1, 1, 0.5, 2 / 3, 0.5],
      marked: null,
    });
  });
});

describe('curves of compared runs', () => {
  it('are in the colours the runs have everywhere, told apart by marks where two share one', () => {
    const runs = [
      { id: 'r', name: 'r', colour: 4 },
      { id: 's', name: 's', colour: 4 },
    ] as never;
    const own = { x: [1], series: { acc: [0.5], val_acc: [0.6] }, seconds: [1] };
    const series = runSeries(runs, [own, own], 'acc', { lines: 'both', marked: false });
    expect(series.map(({ label, colour, mark }) => [label, colour, mark])).toEqual([
      ['r validation', 4, 0],
      ['r training', 4, 0],
      ['s validation', 4, 1],
      ['s training', 4, 1],
    ]);
  });
});

describe('mean and spread over seeds', () => {
  const one = { x: [1, 2], series: { val_acc: [0.6, 0.8], acc: [0.5, 0.9] }, seconds: [1, 1] };
  const other = {
    x: [1, 2, 3],
    series: { val_acc: [0.8, null, 0.9], acc: [0.7, 0.9, 0.9] },
    seconds: [1, 1, 1],
  };

  it('are taken where all runs have a value', () => {
    const { x, y, band } = meanCurves([one, other], 'val_acc');
    expect(x).toEqual([1, 2]);
    expect(y[0]).toBeCloseTo(0.7, 10);
    expect(y[1]).toBeNull();
    expect(band?.low[0]).toBeCloseTo(0.7 - Math.SQRT2 / 10, 10);
    expect(band?.high[1]).toBeNull();
  });

  it('are drawn in the colour of the group’s first run, training dashed', () => {
    const metrics = { last: {}, best: {}, bestEpochs: {}, worst: {}, worstEpochs: {} };
    const runs = ['r', 's'].map((id) => ({ id, colour: 4, training: { epochs: 2 }, ...metrics })) as never;
    const groups = [{ name: 'm', runs: [0, 1], seeds: [1, 2] }];
    const wanted = { lines: 'both' as const, marked: true };
    const series = groupSeries(runs, groups, [one, other], 'acc', wanted);
    expect(series.map(({ label, colour, dashed }) => [label, colour, Boolean(dashed)])).toEqual([
      ['m validation, mean of 2 seeds', 4, false],
      ['m training, mean of 2 seeds', 4, true],
    ]);
  });
});
