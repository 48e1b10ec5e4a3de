/** A few runs as plain objects, and the source of fields a query of them is compiled against. */
import type { QueryField, QuerySource } from '../../../../src/shared/query/fields.ts';

export interface Row {
  name: string;
  cell: string | null;
  epochs: number;
  pinned: boolean;
  created: number;
  tags: readonly string[];
  valAcc: number | null;
}

export const rows: readonly Row[] = [
  {
    name: 'lecture-lstm',
    cell: 'LSTM',
    epochs: 10,
    pinned: true,
    created: new Date(2026, 10, 5, 12).getTime(),
    tags: ['Baseline', 'imdb'],
    valAcc: 0.87,
  },
  {
    name: 'lecture-simple-rnn',
    cell: 'SimpleRNN',
    epochs: 10,
    pinned: false,
    created: new Date(2026, 9, 1).getTime(),
    tags: [],
    valAcc: 0.83,
  },
  {
    name: 'no "recurrent" layer',
    cell: null,
    epochs: 3,
    pinned: false,
    created: 0,
    tags: ['x'],
    valAcc: null,
  },
];

const FIELDS: Record<string, QueryField<Row>> = {
  name: { kind: 'text', of: (row) => row.name },
  'model.cell': { kind: 'text', of: (row) => row.cell },
  epochs: { kind: 'number', of: (row) => row.epochs },
  pinned: { kind: 'flag', of: (row) => row.pinned },
  created: { kind: 'moment', of: (row) => row.created },
  tags: { kind: 'list', of: (row) => row.tags },
};

export const source: QuerySource<Row> = {
  field: (name) => FIELDS[name],
  fieldNames: () => Object.keys(FIELDS),
  metric: (aggregate, name) =>
    name === 'val_acc' ? (row) => (aggregate === 'epoch' ? row.epochs : row.valAcc) : undefined,
  metricNames: () => ['val_acc'],
};
