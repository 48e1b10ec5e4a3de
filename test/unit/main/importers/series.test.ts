import { describe, expect, it } from 'vitest';
import { importFile, temporaryFile } from './reading.ts';

const LONG = [
  'id,step,speed,load,label',
  'b,2,0.5,2,up',
  'a,1,1,3,down',
  'b,1,0.25,1,up',
  'a,2,1.5,4,down',
  'c,1,7,8,up',
].join('\n');
const OBJECTS = [
  {
    values: [
      [1, 3],
      [1.5, 4],
    ],
    label: 'down',
  },
  {
    values: [
      [0.25, 1],
      [0.5, 2],
    ],
    label: 'up',
  },
  { values: [[7, 8]], label: 'up' },
];
const objectLines = OBJECTS.map((object) => JSON.stringify(object)).join('\n');

describe('series', () => {
  it.each([
    ['long.csv', LONG],
    ['long.tsv', LONG.replaceAll(',', '\t')],
    ['objects.jsonl', objectLines],
  ])('are read from %s, steps in order', async (name, content) => {
    const { data, train, test } = await importFile(temporaryFile(name, content));
    expect(data).toMatchObject({
      kind: 'values',
      width: 2,
      task: 'binary',
      classes: ['down', 'up'],
      conventions: null,
    });
    const all = [...train, ...test].map(({ values, label }) => [[...values], label]);
    expect(all).toHaveLength(3);
    expect(all).toEqual(
      expect.arrayContaining([
        [[1, 3, 1.5, 4], 0],
        [[0.25, 1, 0.5, 2], 1],
        [[7, 8], 1],
      ]),
    );
    expect(test).toHaveLength(1);
  });

  it('may hold single numbers, and numbers to predict', async () => {
    const lines = [0.5, 1.5, 2.5].map((label) => JSON.stringify({ values: [1, 2, label], label })).join('\n');
    const { data, train } = await importFile(temporaryFile('single.jsonl', lines));
    expect(data).toMatchObject({ width: 1, task: 'regression' });
    for (const { values, label } of train) expect([...values]).toEqual([1, 2, label]);
  });

  it.each([
    ['a cell that is no number', LONG.replace('0.25', 'fast'), 'input-invalid'],
    ['an empty cell', LONG.replace('0.25', ''), 'input-invalid'],
    ['two labels in one series', LONG.replace('0.25,1,up', '0.25,1,down'), 'input-invalid'],
    ['no label column', LONG.replace(',label', ',other'), 'series-column-missing'],
    ['no label in a row', LONG.replaceAll('up', ''), 'labels-missing'],
    ['one class', LONG.replaceAll('up', 'down'), 'labels-one-class'],
    ['no value column', 'id,step,label\na,1,x\nb,1,y', 'series-column-missing'],
    ['steps of different width', '{"values": [[1, 2], [3]], "label": 1}', 'input-invalid'],
    ['a value that is a word', '{"values": [1, "2"], "label": 1}', 'input-invalid'],
    ['no steps', '{"values": [], "label": 1}', 'text-missing'],
    ['no label', '{"values": [1]}', 'labels-missing'],
  ])('with %s are refused', async (_, content, code) => {
    await expect(importFile(temporaryFile('bad.txt', content))).rejects.toMatchObject({ code });
  });
});
