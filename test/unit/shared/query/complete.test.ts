import { describe, expect, it } from 'vitest';
import { completeQuery, type Vocabulary } from '../../../../src/shared/query/complete.ts';

const vocabulary: Vocabulary = {
  fields: [
    { name: 'status', kind: 'text', title: 'Status' },
    { name: 'model', kind: 'text', title: 'Model' },
    { name: 'model.cell', kind: 'text', title: 'Recurrent cell' },
    { name: 'epochs', kind: 'number', title: 'Epochs' },
    { name: 'pinned', kind: 'flag', title: 'Pinned' },
    { name: 'created', kind: 'moment', title: 'Created' },
    { name: 'tags', kind: 'list', title: 'Tags' },
  ],
  metrics: ['loss', 'val_acc'],
  valuesOf: (field) =>
    ({
      'model.cell': ['LSTM', 'GRU'],
      model: ['lecture-simple-rnn', 'lecture-lstm'],
      status: ['done', 'failed'],
      epochs: ['10', '20'],
      created: ['2026-11-23', '2026-11-07'],
      tags: ['baseline'],
    })[field] ?? [],
};

/** What is suggested at the bar. */
function at(text: string): string[] {
  const caret = text.indexOf('|');
  return completeQuery(text.replace('|', ''), caret, vocabulary).suggestions.map((one) => one.text);
}

describe('completing a query', () => {
  it('begins with fields and metrics, the nearest to what is typed first', () => {
    expect(at('|')).toEqual(expect.arrayContaining(['status', 'model.cell', 'best(loss)', 'best(val_acc)']));
    expect(at('cel|')).toEqual(['model.cell']);
    expect(at('val|')[0]).toBe('best(val_acc)');
    expect(at('pinned and ep|')[0]).toBe('epochs');
    expect(at('not (st|')[0]).toBe('status');
  });

  it('offers the comparisons of the field before', () => {
    expect(at('status |')).toEqual(['=', '!=', 'contains', 'in', 'is none']);
    expect(at('best(val_acc) |')[0]).toBe('>');
    expect(at('tags |')).toContain('contains');
    expect(at('tags has|')[0]).toBe('contains');
  });

  it('offers the values a field has, in quotes where they are text', () => {
    expect(at('model.cell = |')).toEqual(['"LSTM"', '"GRU"']);
    expect(at('model.cell = "l|')).toEqual(['"LSTM"']);
    expect(at('model.cell in ("LSTM", |')).toEqual(['"LSTM"', '"GRU"']);
    expect(at('model.cell not in (|')).toEqual(['"LSTM"', '"GRU"']);
    expect(at('epochs > 1|')).toEqual(['10']);
    expect(at('tags contains |')).toEqual(['"baseline"']);
    expect(at('pinned = |')).toEqual(['true', 'false']);
    expect(at('created > |')).toEqual(['"2026-11-23"', '"2026-11-07"']);
    expect(at('created > 2026-11-2|')).toEqual(['"2026-11-23"']);
  });

  it('offers to join conditions behind a whole one', () => {
    for (const text of [
      'epochs > 3 |',
      'status = "done" |',
      'epochs > best(loss) |',
      'status is none |',
      'epochs in (1) |',
    ])
      expect(at(text)).toEqual(['and', 'or']);
    expect(at('status is |')).toEqual(['none', 'not none']);
    expect(at('best(|')).toEqual(['loss)', 'val_acc)']);
  });

  it('says what the accepted word replaces', () => {
    expect(completeQuery('epochs > 3 and sta', 18, vocabulary)).toMatchObject({ from: 15, to: 18 });
    expect(completeQuery('model.cell = "l', 15, vocabulary)).toMatchObject({ from: 13, to: 15 });
  });

  it('offers the values there are where quotes are forgotten, or the text is none of them', () => {
    expect(at('model = lecture-l|')).toEqual(['"lecture-lstm"']);
    expect(completeQuery('model = lecture-l', 17, vocabulary)).toMatchObject({ from: 8, to: 17 });
    expect(at('model = lecture-lstn|')[0]).toBe('"lecture-lstm"');
    expect(at('status = finished|')).toEqual(['"done"', '"failed"']);
    expect(at('status = "finished|')).toEqual(['"done"', '"failed"']);
    expect(at('epochs = 7|')).toEqual([]);
    expect(at('epochs = 10|')).toEqual([]);
  });

  it('knows where a query is whole, so that none are offered unasked', () => {
    const whole = (text: string) => completeQuery(text, text.length, vocabulary).whole;
    for (const text of ['status = "done" ', 'status = "done"', 'epochs > 3 ', 'pinned '])
      expect(whole(text)).toBe(true);
    for (const text of ['', 'status ', 'status = ', 'epochs > 3 a', 'epochs > 3 and ', 'pin'])
      expect(whole(text)).toBe(false);
  });

  it('offers nothing behind what cannot be read', () => {
    expect(at('epochs # |')).toEqual([]);
  });
});
