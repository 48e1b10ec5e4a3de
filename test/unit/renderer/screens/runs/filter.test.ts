import { expect, test } from 'vitest';
import type { RunRow } from '../../../../../src/renderer/state/run-rows.ts';
import { filterRuns } from '../../../../../src/renderer/screens/runs/filter.ts';

const run = (values: Partial<RunRow>): RunRow =>
  ({
    name: '',
    model: 'lecture-lstm',
    dataset: { name: 'imdb' },
    status: 'done',
    engine: 'simd',
    tags: [],
    notes: '',
    archived: false,
    ...values,
  }) as RunRow;
const runs = [
  run({ name: 'LSTM one', tags: ['baseline'] }),
  run({ name: 'simple', model: 'lecture-simple-rnn', status: 'paused', notes: 'too high a learning rate' }),
  run({ name: 'old', archived: true }),
];
const all = { text: '', status: 'all', archived: false } as const;
const names = (filter: Parameters<typeof filterRuns>[1]) => filterRuns(runs, filter).map(({ name }) => name);

test('every word must occur somewhere, whatever its case', () => {
  expect(names({ ...all, text: 'lstm BASELINE' })).toEqual(['LSTM one']);
  expect(names({ ...all, text: 'learning imdb' })).toEqual(['simple']);
  expect(names({ ...all, text: 'lstm nowhere' })).toEqual([]);
});

test('statuses and the archive are chosen apart', () => {
  expect(names(all)).toEqual(['LSTM one', 'simple']);
  expect(names({ ...all, status: 'active' })).toEqual(['simple']);
  expect(names({ ...all, status: 'done' })).toEqual(['LSTM one']);
  expect(names({ ...all, archived: true })).toEqual(['old']);
});
