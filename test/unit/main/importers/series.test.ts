import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtures, importFile, temporaryFile } from './reading.ts';

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

describe('series in a NumPy archive', () => {
  const npz = (name: string): string => join(fixtures, `series${name}.npz`);

  it('are read as examples, steps and features, and some are held out', async () => {
    const { data, train, test } = await importFile(npz(''));
    expect(data).toMatchObject({ kind: 'values', width: 2, task: 'binary', classes: ['0', '1'] });
    expect([train.length, test.length]).toEqual([8, 2]);
    const all = [...train, ...test].sort((a, b) => (a.values[0] ?? 0) - (b.values[0] ?? 0));
    all.forEach(({ values, label }, example) => {
      expect([...values]).toEqual([0, 1, 2].flatMap((t) => [example, Math.fround(t / 10)]));
      expect(label).toBe(example % 2);
    });
  });

  it('keep the split they come with, of one number a step too', async () => {
    const { data, train, test } = await importFile(npz('-splits'));
    expect(data).toMatchObject({ width: 1, task: 'binary' });
    expect([train.length, test.length]).toEqual([8, 2]);
    expect([...(test[0]?.values ?? [])]).toEqual([0, 0.1, 0.2].map(Math.fround));
  });

  it.each([
    ['-fortran', 'Fortran order'],
    ['-nan', 'example 4 (from 0) of x holds NaN at step 0'],
    ['-ids', 'x has the shape (10, 3) of whole numbers'],
    ['-short', 'y has the shape (9) for 10 examples'],
  ])('%s is refused with what is wrong', async (name, reason) => {
    await expect(importFile(npz(name))).rejects.toMatchObject({
      code: 'file-malformed',
      message: expect.stringContaining(reason),
    });
  });
});

describe('doubtful series', () => {
  const doubtsOf = async (rows: string[]) =>
    (await importFile(temporaryFile('odd.csv', ['id,step,value,label', ...rows].join('\n')))).data.doubts;
  const steps = (name: string, at: number[]) => at.map((step) => `${name},${step},0.5,${name}`);

  it('with a step twice or left out are taken and said', async () => {
    expect(await doubtsOf([...steps('a', [1, 2, 3]), ...steps('b', [3, 2, 1])])).toEqual([]);
    const twelve = Array.from({ length: 12 }, (_, step) => step);
    expect(await doubtsOf([...steps('a', [...twelve, 4]), ...steps('b', [...twelve, 14])])).toEqual([
      'One series has a step twice (a at step 4); both rows were kept, one after the other.',
      'One series has steps left out (b at step 11); the others follow one another.',
    ]);
  });

  it('at moments of no common distance are not in doubt', async () => {
    expect(await doubtsOf([...steps('a', [1, 2, 5, 11]), ...steps('b', [1, 4, 6, 12])])).toEqual([]);
  });
});
