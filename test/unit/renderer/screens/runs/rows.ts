/** A few runs as the list has them, with settings. */
import { RunFields, type SettingSource } from '../../../../../src/shared/history/fields.ts';
import { changedRow, type RunRow } from '../../../../../src/shared/history/rows.ts';
import type { Run } from '../../../../../src/shared/contract/runs.ts';

type Changes = Partial<Run> & { seed?: number; cell?: string | null };

const SETTINGS = new Map<string, Record<string, string | number | null>>();

export function row(name: string, { seed = 1, cell = 'LSTM', ...changes }: Changes = {}): RunRow {
  SETTINGS.set(name, {
    'training.seed': seed,
    'model.cell': cell,
    'layers.dropout.seed': 7,
    'training.epochs': 10,
  });
  const run = {
    id: name,
    name,
    status: 'done',
    model: 'lecture-lstm',
    dataset: { id: 'd', name: 'imdb', hash: 'h' },
    training: { epochs: 10 },
    engine: 'simd',
    epochsDone: 10,
    parameters: 322_113,
    bestEpoch: 4,
    last: { val_acc: 0.8 },
    best: { val_acc: 0.85 },
    bestEpochs: { val_acc: 4 },
    worst: { val_acc: 0.6 },
    worstEpochs: { val_acc: 1 },
    secondsPerEpoch: 3.5,
    peakBytes: 2e8,
    tags: [],
    notes: '',
    pinned: false,
    archived: false,
    colour: 1,
    sweep: null,
    createdAt: new Date(2026, 10, 5, 12).getTime(),
    startedAt: 1000,
    endedAt: 61_000,
    ...changes,
  } as unknown as Run;
  return changedRow(run);
}

const source: SettingSource = {
  paths: new Map([
    ['model.cell', 'text'],
    ['training.seed', 'number'],
    ['training.epochs', 'number'],
    ['layers.dropout.seed', 'number'],
  ]),
  value: (run, path) => SETTINGS.get(run)?.[path] ?? null,
};

export const fields = new RunFields(['loss', 'val_acc'], source);
