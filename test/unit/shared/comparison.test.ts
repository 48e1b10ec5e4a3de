import { describe, expect, it } from 'vitest';
import { compareRuns, differingSettings } from '../../../src/shared/comparison.ts';
import type { Curves, Run } from '../../../src/shared/contract/runs.ts';
import { comparisonSchema } from '../../../src/shared/contract/compare.ts';
import { preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';

function run(name: string, changes: Partial<Run> = {}): Run {
  return {
    id: name,
    name,
    status: 'done',
    model: 'lecture-simple-rnn',
    graph: {
      format: 'unroll-model',
      version: 1,
      name: 'lecture-simple-rnn',
      nodes: [
        {
          id: 'input',
          type: 'Input',
          config: { shape: [500] },
          inputs: [],
          position: { x: 0, y: name.length },
        },
        { id: 'recurrent', type: 'SimpleRNN', config: { units: 32 }, inputs: ['input'] },
      ],
    },
    dataset: { id: 'd', name: 'imdb', hash: 'h' },
    preprocessing: preprocessingSchema.parse({}),
    training: trainingSchema.parse({}),
    engine: 'simd',
    engineDetail: null,
    threads: 2,
    machine: { cpu: 'one' },
    versions: { unroll: '1' },
    parameters: 322113,
    epochsDone: 2,
    bestEpoch: 1,
    atBestEpoch: {},
    last: {},
    best: {},
    bestEpochs: {},
    secondsPerEpoch: 4,
    peakBytes: null,
    weightsSha256: null,
    error: null,
    tags: [],
    notes: name,
    pinned: false,
    archived: false,
    colour: 1,
    parent: null,
    sweep: null,
    createdAt: 1,
    startedAt: 2,
    endedAt: 3,
    ...changes,
  };
}

function withCell(name: string, type: string): Run {
  const base = run(name);
  const id = type.toLowerCase();
  const nodes = [
    ...base.graph.nodes.map((node) => (node.id === 'recurrent' ? { ...node, id, type } : node)),
    { id: 'dense', type: 'Dense', config: { units: 1 }, inputs: [id] },
  ];
  return { ...base, graph: { ...base.graph, nodes } };
}

const curves = (series: Curves['series']): Curves => {
  const x = Object.values(series)[0]?.map((_, index) => index + 1) ?? [];
  return { x, series, seconds: x.map(() => 1) };
};
const noCurves = curves({});

describe('comparing runs', () => {
  it('gives last and best values of the metrics all have, by each metric its own sense of better', () => {
    const comparison = compareRuns([
      { run: run('a'), curves: curves({ loss: [0.6, 0.4, 0.5], val_acc: [0.7, 0.9, 0.9], lr: [1, 1, 1] }) },
      { run: run('b'), curves: curves({ loss: [0.3], val_acc: [null] }) },
    ]);
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    expect(comparison.metrics).toEqual([
      { name: 'loss', better: 'min', last: [0.5, 0.3], best: [0.4, 0.3], bestEpoch: [2, 1] },
      { name: 'val_acc', better: 'max', last: [0.9, null], best: [0.9, null], bestEpoch: [2, null] },
    ]);
  });

  it('calls a swapped cell with everything else the same a controlled comparison', () => {
    const comparison = compareRuns([
      { run: withCell('a', 'SimpleRNN'), curves: noCurves },
      { run: withCell('b', 'LSTM'), curves: noCurves },
    ]);
    expect(comparison.differences).toEqual([{ path: 'layers.2.type', values: ['SimpleRNN', 'LSTM'] }]);
    expect(comparison.controlled).toBe(true);
    expect(comparison.cautions).toEqual([]);
  });

  it('tells layers apart by name where one model has more of them', () => {
    const comparison = compareRuns([
      { run: run('a'), curves: noCurves },
      { run: withCell('b', 'SimpleRNN'), curves: noCurves },
    ]);
    expect(comparison.differences.map(({ path }) => path)).toContain('layers.dense.type');
  });

  it.each([
    ['seed', { training: trainingSchema.parse({ seed: 2 }) }, 'training.seed', /seeds differ/],
    [
      'split',
      { training: trainingSchema.parse({ validation_split: 0.1 }) },
      'training.validation_split',
      /validation examples differ/,
    ],
    [
      'limit',
      { training: trainingSchema.parse({ limit: 300 }) },
      'training.limit',
      /validation examples differ/,
    ],
    [
      'length',
      { preprocessing: preprocessingSchema.parse({ maxlen: 100 }) },
      'preprocessing.maxlen',
      /prepared differently/,
    ],
    ['data', { dataset: { id: 'e', name: 'imdb', hash: 'i' } }, 'data.hash', /different data/],
  ] as const)('cautions where the %s differs', (_, changes, path, caution) => {
    const comparison = compareRuns([
      { run: run('a'), curves: noCurves },
      { run: run('b', changes), curves: noCurves },
    ]);
    expect(comparison.differences.map((difference) => difference.path)).toEqual([path]);
    expect(comparison.controlled).toBe(false);
    expect(comparison.cautions).toEqual([expect.stringMatching(caution)]);
  });

  it('cautions about another machine and unfinished runs, which stay controlled', () => {
    const comparison = compareRuns([
      { run: run('a'), curves: noCurves },
      { run: run('b', { machine: { cpu: 'two' }, status: 'running' }), curves: noCurves },
    ]);
    expect(comparison.controlled).toBe(true);
    expect(comparison.cautions).toEqual([
      expect.stringContaining('b has not'),
      expect.stringContaining('machines'),
    ]);
  });

  it('of one run differs in nothing', () => {
    const comparison = compareRuns([{ run: run('a'), curves: noCurves }]);
    expect(comparison).toMatchObject({ differences: [], cautions: [], controlled: true });
  });
});

describe('differing settings', () => {
  it('are leaves by path, null where a run has no such setting, lists taken whole', () => {
    expect(
      differingSettings([
        { optimizer: { name: 'sgd', momentum: 0.9 }, metrics: ['acc'], same: { deep: [1, 2] } },
        { optimizer: { name: 'adam', beta_1: 0.9 }, metrics: ['acc', 'mae'], same: { deep: [1, 2] } },
      ]),
    ).toEqual([
      { path: 'optimizer.name', values: ['sgd', 'adam'] },
      { path: 'optimizer.momentum', values: [0.9, null] },
      { path: 'metrics', values: [['acc'], ['acc', 'mae']] },
      { path: 'optimizer.beta_1', values: [null, 0.9] },
    ]);
  });
});
