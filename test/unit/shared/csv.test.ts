import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCsv } from '../../../src/shared/csv.ts';

test('whatever stands in the cells, a reader gets it back', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('a,b', 'say "no"', 'two\nlines', '\r\n', ' '));
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 });
  fc.assert(
    fc.property(rows, (written) => {
      expect(parse(toCsv(written), { skip_empty_lines: false })).toEqual(written);
    }),
  );
});

test('numbers keep their digits and what is missing is empty', () => {
  expect(
    toCsv([
      ['epoch', 'loss', 'val_loss'],
      [1, 0.1 + 0.2, null],
    ]),
  ).toBe('epoch,loss,val_loss\r\n1,0.30000000000000004,\r\n');
});
