import { describe, expect, it } from 'vitest';
import type { RunTable } from '../../../../src/shared/contract/history.ts';
import type { Run } from '../../../../src/shared/contract/runs.ts';
import { changedRow, headline, storedRows } from '../../../../src/shared/history/rows.ts';

const column = (...values: number[]) => Float64Array.from(values);
const text = (...values: (string | null)[]) => ({ values, codes: Uint32Array.from(values.keys()) });

const table: RunTable = {
  ids: ['a', 'b'],
  names: ['first', 'second'],
  texts: {
    status: text('done', 'running'),
    model: { values: ['lstm'], codes: Uint32Array.of(0, 0) },
    data: text('imdb', 'tickets'),
    dataHash: text('h', 'i'),
    engine: { values: ['simd'], codes: Uint32Array.of(0, 0) },
    sweep: text(null, 'cells'),
  },
  numbers: {
    epochs: column(10, 10),
    epochsDone: column(10, 1),
    parameters: column(5, 6),
    bestEpoch: column(4, NaN),
    secondsPerEpoch: column(1.5, NaN),
    peakBytes: column(8, NaN),
    colour: column(1, 2),
    pinned: column(0, 1),
    archived: column(1, 0),
    createdAt: column(1, 2),
    startedAt: column(1, NaN),
    endedAt: column(NaN, NaN),
  },
  metrics: {
    val_acc: {
      last: column(0.8, NaN),
      lowest: column(0.5, NaN),
      lowestEpoch: column(1, NaN),
      highest: column(0.9, NaN),
      highestEpoch: column(7, NaN),
    },
    val_loss: {
      last: column(0.5, 0.6),
      lowest: column(0.3, 0.6),
      lowestEpoch: column(4, 1),
      highest: column(0.7, 0.6),
      highestEpoch: column(1, 1),
    },
  },
  tags: [{ at: 1, tags: ['x'] }],
  notes: [{ at: 0, notes: 'seen' }],
  diverged: [1],
};

describe('rows of the table', () => {
  it('are what the columns hold at their place', () => {
    const [first, second] = storedRows(table);
    expect(first).toMatchObject({
      id: 'a',
      name: 'first',
      status: 'done',
      model: 'lstm',
      tags: [],
      notes: 'seen',
    });
    expect(first).toMatchObject({ bestEpoch: 4, archived: true, pinned: false, sweep: null, endedAt: null });
    expect(second).toMatchObject({
      dataset: { name: 'tickets', hash: 'i' },
      tags: ['x'],
      sweep: 'cells',
      bestEpoch: null,
      diverged: true,
    });
    expect(first!.diverged).toBe(false);
    expect([first!.worstEpoch('val_acc'), first!.worstEpoch('val_loss')]).toEqual([1, 1]);
    expect(second!.allMetrics).toEqual(['val_acc', 'val_loss']);
  });

  it('know a metric at its best, by the sense of the metric', () => {
    const [first, second] = storedRows(table);
    expect(
      (['best', 'epoch', 'last', 'min', 'max'] as const).map((of) => first!.metric(of, 'val_acc')),
    ).toEqual([0.9, 7, 0.8, 0.5, 0.9]);
    expect((['best', 'epoch', 'min', 'max'] as const).map((of) => first!.metric(of, 'val_loss'))).toEqual([
      0.3, 4, 0.3, 0.7,
    ]);
    expect(second!.metric('best', 'val_acc')).toBeNull();
    expect(first!.metric('best', 'nothing')).toBeNull();
    expect([first, second].map((row) => headline(row!))).toEqual([0.9, 0.6]);
  });
});

describe('the row of a run that changed', () => {
  const run = {
    id: 'a',
    name: 'renamed',
    training: { epochs: 12 },
    last: { val_acc: 0.4, val_loss: 0.8 },
    best: { val_acc: 0.9, val_loss: 0.3 },
    bestEpochs: { val_acc: 7, val_loss: 4 },
    worst: { val_acc: 0.4, val_loss: 0.8 },
    worstEpochs: { val_acc: 12, val_loss: 12 },
    error: { code: 'training-diverged' },
  } as unknown as Run;

  it('knows the same as one of the table', () => {
    const row = changedRow(run);
    expect(row).toMatchObject({ name: 'renamed', epochs: 12, allMetrics: ['val_acc', 'val_loss'] });
    expect((['best', 'epoch', 'last', 'min', 'max'] as const).map((of) => row.metric(of, 'val_acc'))).toEqual(
      [0.9, 7, 0.4, 0.4, 0.9],
    );
    expect([row.metric('min', 'val_loss'), row.metric('max', 'val_loss')]).toEqual([0.3, 0.8]);
    expect(row.worstEpoch('val_loss')).toBe(12);
    expect(row.metric('best', 'loss')).toBeNull();
    expect(row.diverged).toBe(true);
  });
});
