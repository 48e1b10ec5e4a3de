import { describe, expect, it } from 'vitest';
import { comparisonText } from '../../../src/main/shells/cli/compare.ts';
import { reportOf } from '../../../src/shared/comparison/report.ts';
import { spreadColumns, spreadRows, valueRows } from '../../../src/shared/comparison/tables.ts';
import { verdictOf } from '../../../src/shared/comparison/verdict.ts';
import { compareRuns, settingsSideBySide } from '../../../src/shared/comparison.ts';
import type { Curves, Run } from '../../../src/shared/contract/runs.ts';
import { comparisonSchema } from '../../../src/shared/contract/compare.ts';
import { preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';

const nothingAsked = { examples: null, trace: null, gradient: null };

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
    worst: {},
    worstEpochs: {},
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
const twoEpochs = curves({ loss: [0.6, 0.5] });

const compared = (of: Run, by: Curves = twoEpochs) => ({ run: of, curves: by });

describe('comparing runs', () => {
  it('gives last and best values of every metric, by its own sense of better, and says who lacks one', () => {
    const comparison = compareRuns([
      compared(run('a'), curves({ loss: [0.6, 0.4, 0.5], val_acc: [0.7, 0.9, 0.9], lr: [1, 1, 1] })),
      compared(run('b'), curves({ loss: [0.3], val_acc: [null] })),
    ]);
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    expect(comparison.metrics).toEqual([
      { name: 'loss', better: 'min', last: [0.5, 0.3], best: [0.4, 0.3], bestEpoch: [2, 1] },
      { name: 'val_acc', better: 'max', last: [0.9, null], best: [0.9, null], bestEpoch: [2, null] },
      { name: 'lr', better: 'min', last: [1, null], best: [1, null], bestEpoch: [1, null] },
    ]);
    expect(comparison.cautions).toEqual([
      expect.stringContaining('one epoch in common'),
      'b did not measure lr.',
      'val_acc of b is not a number at some epochs; those are left out.',
    ]);
  });

  it('says so where a run has no epoch yet', () => {
    const { cautions, metrics } = compareRuns([compared(run('a')), compared(run('b'), noCurves)]);
    expect(cautions).toEqual(['b has no complete epoch yet.']);
    expect(metrics).toEqual([
      { name: 'loss', better: 'min', last: [0.5, null], best: [0.5, null], bestEpoch: [2, null] },
    ]);
  });

  it('calls a swapped cell with everything else the same a controlled comparison', () => {
    const comparison = compareRuns([compared(withCell('a', 'SimpleRNN')), compared(withCell('b', 'LSTM'))]);
    expect(comparison.differences).toEqual([{ path: 'layers.2.type', values: ['SimpleRNN', 'LSTM'] }]);
    expect(comparison.controlled).toBe(true);
    expect(comparison.cautions).toEqual([]);
  });

  it('tells layers apart by name where one model has more of them', () => {
    const comparison = compareRuns([compared(run('a')), compared(withCell('b', 'SimpleRNN'))]);
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
    const comparison = compareRuns([compared(run('a')), compared(run('b', changes))]);
    expect(comparison.differences.map((difference) => difference.path)).toEqual([path]);
    expect(comparison.controlled).toBe(false);
    expect(comparison.cautions).toEqual([expect.stringMatching(caution)]);
  });

  it('cautions about another machine and unfinished runs, which stay controlled', () => {
    const comparison = compareRuns([
      compared(run('a')),
      compared(run('b', { machine: { cpu: 'two' }, status: 'running' })),
    ]);
    expect(comparison.controlled).toBe(true);
    expect(comparison.cautions).toEqual([
      expect.stringContaining('b has not'),
      expect.stringContaining('machines'),
    ]);
  });

  it('shows no difference to the baseline where data differ, but why, and no best among such', () => {
    const other = run('c', { dataset: { id: 'e', name: 'other', hash: 'i' }, machine: { cpu: 'two' } });
    const acc = (value: number) => curves({ val_acc: [value] });
    const comparison = compareRuns([
      compared(run('a'), acc(0.5)),
      compared(run('b'), acc(0.6)),
      compared(other, acc(0.9)),
    ]);
    const [best, , time, , parameters] = valueRows(comparison);
    expect(best?.cells.map(({ note }) => note)).toEqual([
      'epoch 1',
      '+0.1000, epoch 1',
      'other data, epoch 1',
    ]);
    expect(best?.cells.map((cell) => cell.best ?? false)).toEqual([false, true, false]);
    expect(time?.cells.map(({ note }) => note)).toEqual([undefined, '× 1.00', 'other data']);
    expect(parameters?.cells[2]?.note).toBe('× 1.00');
  });

  it('marks no best among times and memory that differ by no more than noise', () => {
    const bests = (...costs: [seconds: number, bytes: number][]) => {
      const runs = costs.map(([secondsPerEpoch, peakBytes], i) =>
        compared(run(`run ${i}`, { secondsPerEpoch, peakBytes }), noCurves),
      );
      return valueRows(compareRuns(runs)).map(({ cells }) => cells.map(({ best }) => best ?? false));
    };
    const [none, first] = [
      [false, false],
      [true, false],
    ];
    expect(bests([0.12, 170.95e6], [0.121, 171.13e6])).toEqual([none, none, none]);
    expect(bests([0.12, 170e6], [0.13, 180e6])).toEqual([first, first, none]);
  });

  it('of one run differs in nothing', () => {
    const comparison = compareRuns([compared(run('a'))]);
    expect(comparison).toMatchObject({ differences: [], cautions: [], controlled: true });
  });
});

describe('a report on a comparison', () => {
  it('draws the lines as the screen does: in their colours, with marks, the best epoch ringed', () => {
    const both = curves({ loss: [0.6, 0.5], val_loss: [0.6, 0.7] });
    const other = run('b', { training: trainingSchema.parse({ loss: 'mse' }) });
    const looks = [
      { colour: 'blue', mark: 0 },
      { colour: 'blue', mark: 1 },
    ];
    const { sections } = reportOf(
      compareRuns([compared(run('a'), both), compared(other, both)]),
      nothingAsked,
      looks,
    );
    const [loss] = sections.find(({ title }) => title === 'Curves')!.figures!;
    expect(loss?.lines.map(({ colour, mark, marked, dashed }) => [colour, mark, marked, dashed])).toEqual([
      ['blue', 0, 1, undefined],
      ['blue', 0, undefined, true],
      ['blue', 1, 1, undefined],
      ['blue', 1, undefined, true],
    ]);
    // Two losses have no unit in common.
    expect(loss?.y.title).toBe('loss');
    const values = sections.find(({ title }) => title === 'Values')!.table!;
    expect(values.rows[0]).toEqual([
      'Validation loss, best',
      '0.6000 (epoch 1)',
      '0.6000 (another loss, epoch 1)',
    ]);
  });
});

describe('settings side by side', () => {
  const training = (settings: unknown) => run('a', { training: trainingSchema.parse(settings) });
  const runs = [
    training({ optimizer: { name: 'sgd', momentum: 0.9 }, metrics: ['acc'] }),
    training({ optimizer: { name: 'adam' }, metrics: ['acc', 'mae'] }),
  ];

  it('are leaves by path, null where a run has no such setting, lists taken whole', () => {
    expect(settingsSideBySide(runs)).toEqual(
      expect.arrayContaining([
        { path: 'training.optimizer.name', values: ['sgd', 'adam'] },
        { path: 'training.optimizer.momentum', values: [0.9, null] },
        { path: 'training.metrics', values: [['acc'], ['acc', 'mae']] },
        { path: 'training.optimizer.beta_1', values: [null, 0.9] },
        { path: 'layers.recurrent.config.units', values: [32, 32] },
      ]),
    );
  });

  it('are only those that differ in a comparison', () => {
    const { differences } = compareRuns(runs.map((one) => compared(one)));
    expect(differences.map(({ path }) => path)).toContain('training.optimizer.momentum');
    expect(differences.map(({ path }) => path)).not.toContain('layers.recurrent.config.units');
    for (const { values } of differences) expect(values[0]).not.toEqual(values[1]);
  });
});

describe('epochs in common', () => {
  it('are none where one run continues after the other’s last', () => {
    const later = { ...twoEpochs, x: [3, 4] };
    const { cautions } = compareRuns([compared(run('a')), compared(run('b'), later)]);
    expect(cautions).toEqual(['They have no epoch in common: their curves do not stand side by side.']);
    expect(compareRuns([compared(run('a')), compared(run('b'))]).cautions).toEqual([]);
  });

  it('name the run that stands apart from the others', () => {
    const later = compared(run('c'), { ...twoEpochs, x: [3, 4] });
    const first = [compared(run('a')), compared(run('b'))];
    expect(compareRuns([...first, later]).cautions).toEqual([
      'c has no epoch in common with any other run: its curve stands beside none.',
    ]);
    const between = compared(run('d'), { ...twoEpochs, x: [2, 3] });
    expect(compareRuns([...first, later, between]).cautions).toEqual([
      'They have no epoch that all share: some curves do not stand side by side.',
    ]);
  });

  it('are told with where a run that continues another began, which keeps them from being controlled', () => {
    const parent = { run: 'a', name: 'a', checkpoint: 'last', epoch: 2 } as const;
    const comparison = compareRuns([compared(run('a')), compared(run('b', { parent }))]);
    expect(comparison.cautions).toEqual(['b began with the last weights of a, epoch 2.']);
    expect(comparison.controlled).toBe(false);
    expect(comparison.differences).toEqual([
      { path: 'parent', values: [null, 'last weights of a, epoch 2'] },
    ]);
    expect(comparison.groups).toHaveLength(2);
    expect(verdictOf(comparison).text).toBe('The model is the same; what differs: initial weights.');
  });
});

describe('runs that differ only in their seed', () => {
  const seeded = (name: string, seed: number, type: string, acc: number) => ({
    ...compared(withCell(name, type), curves({ val_acc: [0.5, acc], val_loss: [0.7, 0.6] })),
    run: { ...withCell(name, type), model: type, training: trainingSchema.parse({ seed }) },
  });

  it('are one group, and two groups are tested seed by seed', () => {
    const { groups, seedTests } = compareRuns([
      seeded('a1', 1, 'SimpleRNN', 0.7),
      seeded('b1', 1, 'LSTM', 0.8),
      seeded('a2', 2, 'SimpleRNN', 0.72),
      seeded('b2', 2, 'LSTM', 0.86),
    ]);
    expect(groups).toEqual([
      { name: 'SimpleRNN', runs: [0, 2], seeds: [1, 2] },
      { name: 'LSTM', runs: [1, 3], seeds: [1, 2] },
    ]);
    expect(seedTests).toHaveLength(1);
    expect(seedTests[0]).toMatchObject({ baseline: 'SimpleRNN', other: 'LSTM', metric: 'val_acc' });
    expect(seedTests[0]?.differences.map(({ difference }) => difference.toFixed(4))).toEqual([
      '0.1000',
      '0.1400',
    ]);
    expect(seedTests[0]?.t?.mean).toBeCloseTo(0.12, 10);
    expect(seedTests[0]?.words.caution).toMatch(/cannot fall below p = 0.5000/);
  });

  it('are told what several tests against one baseline ask of each, in the terminal and in the report', () => {
    const three = compareRuns(
      ['SimpleRNN', 'LSTM', 'GRU'].flatMap((type, i) => [
        seeded(`${type} 1`, 1, type, 0.7 + i / 20),
        seeded(`${type} 2`, 2, type, 0.72 + i / 15),
      ]),
    );
    expect(three.seedTests).toHaveLength(2);
    const words = '2 tests against one baseline';
    expect(comparisonText(three)).toContain(words);
    const report = reportOf(
      three,
      nothingAsked,
      three.runs.map(() => ({ mark: 0, colour: '#000000' })),
    );
    expect(report.sections.find(({ title }) => title === 'Over seeds')?.paragraphs[0]).toContain(words);
  });

  it('are counted, and of them those that exploded', () => {
    const wild = seeded('a2', 2, 'LSTM', 0.7);
    const error = { code: 'training-diverged', message: '', hint: '' };
    const comparison = compareRuns([
      seeded('a1', 1, 'LSTM', 0.7),
      { ...wild, run: { ...wild.run, error } },
      seeded('b1', 1, 'GRU', 0.7),
    ]);
    expect(spreadColumns(comparison).map(({ name }) => name)).toEqual([
      'LSTM, 2 seeds, 1 of them exploded',
      'GRU, 1 seed',
    ]);
  });

  it('are not tested against those of other data, and neither group then is the best', () => {
    const elsewhere = (name: string, seed: number) => {
      const one = seeded(name, seed, 'LSTM', 0.9);
      return { ...one, run: { ...one.run, dataset: { id: 'e', name: 'other', hash: 'i' } } };
    };
    const comparison = compareRuns([
      seeded('a1', 1, 'SimpleRNN', 0.7),
      seeded('a2', 2, 'SimpleRNN', 0.7),
      elsewhere('b1', 1),
      elsewhere('b2', 2),
    ]);
    expect(comparison.seedTests).toEqual([]);
    expect(spreadRows(comparison)[0]?.cells).toEqual([
      { text: '0.7000 ± 0.0000' },
      { text: '0.9000 ± 0.0000', note: 'other data' },
    ]);
  });

  it('are counted by their seeds: one that was trained on several engines is one seed on each', () => {
    const on = (engine: string, seed: number, acc: number) => {
      const one = seeded(`${engine} ${seed}`, seed, 'LSTM', acc);
      return { ...one, run: { ...one.run, engine } };
    };
    const once = compareRuns([on('simd', 3, 0.7), on('tensorflow', 3, 0.7), on('reference', 3, 0.7)]);
    expect(once.groups.map(({ name, seeds }) => [name, seeds])).toEqual([
      ['LSTM on simd', [3]],
      ['LSTM on tensorflow', [3]],
      ['LSTM on reference', [3]],
    ]);
    expect(spreadRows(once)).toEqual([]);
    expect(once.differences).toEqual([{ path: 'engine', values: ['simd', 'tensorflow', 'reference'] }]);

    const twice = compareRuns([
      ...[on('simd', 1, 0.7), on('webgpu', 2, 0.73), on('simd', 2, 0.72), on('webgpu', 1, 0.71)],
    ]);
    expect(twice.groups).toEqual([
      { name: 'LSTM on simd', runs: [0, 2], seeds: [1, 2] },
      { name: 'LSTM on webgpu', runs: [1, 3], seeds: [2, 1] },
    ]);
    expect(verdictOf(twice).text).toBe('the model is the same.');
    const repeated = compareRuns([on('simd', 1, 0.7), on('simd', 1, 0.7), on('simd', 2, 0.7)]);
    expect(repeated.groups).toEqual([
      { name: 'LSTM', runs: [0, 2], seeds: [1, 2] },
      { name: 'LSTM (2)', runs: [1], seeds: [1] },
    ]);
  });

  it('are not tested with one seed in common, and groups of one model are told apart', () => {
    const { groups, seedTests } = compareRuns([
      seeded('a1', 1, 'LSTM', 0.7),
      seeded('a2', 2, 'LSTM', 0.7),
      { ...seeded('b1', 1, 'LSTM', 0.8), run: { ...run('b1'), model: 'LSTM' } },
    ]);
    expect(groups.map(({ name }) => name)).toEqual(['LSTM', 'LSTM (2)']);
    expect(seedTests).toEqual([]);
  });
});
