/** Whole files scored in a stream: what comes out for each row, and what stops it. */
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../../src/shared/contract/exchange.ts';
import { scoreFile, type ScoredFile } from '../../../src/main/scoring/file.ts';
import { formatOf } from '../../../src/main/scoring/rows.ts';
import type { Scorer } from '../../../src/main/scoring/scorer.ts';
import type { Inference } from '../../../src/main/training/inference.ts';
import { KERAS_CONVENTIONS } from '../../../src/shared/data/dataset.ts';
import { rankByWord } from '../../../src/shared/text/tokenizer.ts';
import { preprocessingSchema } from '../../../src/shared/training.ts';
import { temporaryFolder } from './workspace.ts';

const vocabulary = ['good', 'bad', 'film'];
const scorer = {
  name: 'lengths',
  base: { preprocessing: preprocessingSchema.parse({ maxlen: 8 }) },
  words: { conventions: KERAS_CONVENTIONS, vocabulary, rankOf: rankByWord(vocabulary) },
  idLimit: 7,
  width: 1,
  classes: [],
} as unknown as Scorer;

/** Answers each sequence with its length: what a model says is not the matter here. */
const portions: number[] = [];
const inference = {
  predict({ sequences }: { sequences: Int32Array[] }) {
    portions.push(sequences.length);
    return Promise.resolve({
      probabilities: Float32Array.from(sequences, ({ length }) => length),
      outputs: 1,
    });
  },
} as unknown as Inference;

const job = { signal: new AbortController().signal, progress: () => undefined };

/** What the last scoring told. */
let last: ScoredFile;

async function score(name: string, content: string, out = 'out.jsonl', textColumn?: string): Promise<string> {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  const file = { path, format: formatOf(name), textColumn, out: join(folder, out), replace: false };
  last = await scoreFile(inference, scorer, file, job);
  expect(readdirSync(folder).sort()).toEqual([name, out].sort());
  return readFileSync(file.out, 'utf8');
}

const objects = (text: string): Partial<Prediction>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Partial<Prediction>);

describe('a file of', () => {
  it('texts gives an object a line', async () => {
    expect(objects(await score('a.txt', 'good film\r\n\nbad\n'))).toEqual([
      { text: 'good film', probability: 3 },
      { text: '', probability: null },
      { text: 'bad', probability: 2 },
    ]);
  });

  it('lines with nothing on them has a row for each, so that lines agree', async () => {
    expect(objects(await score('a.txt', '\n\ngood\n  \nbad film\n'))).toEqual([
      { text: '', probability: null },
      { text: '', probability: null },
      { text: 'good', probability: 2 },
      { text: '  ', probability: null },
      { text: 'bad film', probability: 3 },
    ]);
    expect(await score('a.txt', '\ngood\n', 'out.csv')).toMatch(/^text,probability\n,\ngood,\d+\n$/);
    expect(objects(await score('a.txt', `${'\n'.repeat(5000)}good`))).toHaveLength(5001);
  });

  it('comma-separated rows keeps their columns, quoted where they must be', async () => {
    const table = '\uFEFFid,review\n1,"good, ""bad"" film"\n2,"two\nlines"\n';
    expect(await score('a.csv', table, 'out.csv')).toBe(
      'id,review,probability\n1,"good, ""bad"" film",4\n2,"two\nlines",3\n',
    );
  });

  it('rows of which some have no text, or none with a word, scores the others', async () => {
    const table = 'id,text\n1,good\n2,\n3, !? \n4,bad\n';
    expect(await score('a.csv', table, 'out.csv')).toBe(
      'id,text,probability\n1,good,2\n2,,\n3, !? ,\n4,bad,2\n',
    );
    expect(objects(await score('a.jsonl', '{"text":""}\n{"text":null}\n{"text":"good"}'))).toEqual([
      { text: '', probability: null },
      { text: null, probability: null },
      { text: 'good', probability: 2 },
    ]);
    expect(last).toMatchObject({ rows: 3, unscored: 2, renamed: false });
  });

  it('rows that have the name of an answer already keeps both apart', async () => {
    const table = 'text,probability,probability_2\ngood,0.5,1\n';
    expect(await score('a.csv', table, 'out.csv')).toBe(
      'text,probability,probability_2,probability_3\ngood,0.5,1,2\n',
    );
    expect(objects(await score('a.jsonl', '{"text":"good","probability":7}'))).toEqual([
      { text: 'good', probability: 7, probability_2: 2 },
    ]);
    expect(last).toMatchObject({ answers: ['probability_2'], renamed: true });
  });

  it('JSON objects keeps their members, and takes tokens where there is no text', async () => {
    expect(objects(await score('a.jsonl', '{"text":"good","n":7}\n{"tokens":[1,4,5]}'))).toEqual([
      { text: 'good', n: 7, probability: 2 },
      { tokens: [1, 4, 5], probability: 3 },
    ]);
  });

  it.each([
    ['lines', 'a.txt', '', 'good film\n'],
    ['a table', 'a.csv', 'id,text\n', '7,"good, old film without an end"\n'],
  ])(
    'a hundred thousand rows of %s is scored in portions, and nothing piles up',
    async (_, name, head, row) => {
      portions.length = 0;
      const warnings: Error[] = [];
      const warn = (warning: Error) => warnings.push(warning);
      process.on('warning', warn);
      const text = await score(name, head + row.repeat(100_000));
      process.off('warning', warn);
      expect(text.match(/\n/g)).toHaveLength(100_000);
      expect(Math.max(...portions)).toBeLessThanOrEqual(2048);
      expect(warnings).toEqual([]);
    },
  );
});

describe('series for a model of numbers', () => {
  const ofNumbers = { ...scorer, words: null, idLimit: null, width: 2 } as unknown as Scorer;
  const scoreSeries = async (name: string, content: string) => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    const out = join(temporaryFolder(), 'out.csv');
    const file = { path, format: formatOf(name), textColumn: undefined, out, replace: false };
    await scoreFile(inference, ofNumbers, file, job);
    return readFileSync(out, 'utf8');
  };

  it('come as a long table, with a row of answers each', async () => {
    const table = 'id,step,x,y2\na,1,0.5,1\nb,0,1,1\na,0,0.1,2\n';
    expect(await scoreSeries('a.csv', table)).toBe('id,probability\na,4\nb,2\n');
    expect(await scoreSeries('a.csv', 'id,step,x,y2,label\na,1,0.5,1,up\n')).toBe(
      'id,label,probability\na,up,2\n',
    );
    await expect(scoreSeries('a.csv', 'id,step,x\na,1,0.5\n')).rejects.toThrow('reads 2 numbers a step');
  });

  it('come as JSON lines', async () => {
    expect(await scoreSeries('a.jsonl', '{"n":1,"values":[[0.5,1],[1,2]]}')).toMatch(/,4\n$/);
    await expect(scoreSeries('a.jsonl', '{"text":"good"}')).rejects.toThrow('no list "values"');
    await expect(scoreSeries('a.txt', 'good')).rejects.toThrow('reads series of numbers');
  });
});

it.each([
  ['a.csv', 'id,words\n1,good\n', 'No text column', undefined],
  ['a.csv', 'id,text\n1,good\n', 'no column named review', 'review'],
  ['a.jsonl', '{"text":"good"}\nnonsense\n', 'line 2 is no JSON object', undefined],
  ['a.jsonl', '{"tokens":[1,9]}\n', 'line 1 is not valid: id 9 is not from 0 to 6', undefined],
  ['a.txt', '\n \n', 'The text is empty', undefined],
  ['a.csv', 'id,text\n1,"good', 'the row at line 2 has a quotation mark that is never closed', undefined],
])('of %s with %j it says what is wrong and leaves nothing', async (name, content, message, column) => {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  const out = join(folder, 'out.jsonl');
  const file = { path, format: formatOf(name), textColumn: column, out, replace: false };
  await expect(scoreFile(inference, scorer, file, job)).rejects.toThrow(message);
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(folder)).toEqual([name]);
});

it.runIf(process.platform === 'linux')('a place that cannot be written is said', async () => {
  const path = join(temporaryFolder(), 'a.txt');
  writeFileSync(path, 'good');
  const file = { path, format: formatOf(path), textColumn: undefined, out: '/proc/out.csv', replace: false };
  await expect(scoreFile(inference, scorer, file, job)).rejects.toMatchObject({ code: 'path-not-writable' });
});

it('a file that is there gives way only where that is asked for, and the one that is scored never', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'a.txt');
  const out = join(folder, 'out.jsonl');
  writeFileSync(path, 'good');
  writeFileSync(out, 'before');
  symlinkSync(path, join(folder, 'link.txt'));
  const file = { path, format: formatOf(path), textColumn: undefined };
  const into = (place: string, replace: boolean) =>
    scoreFile(inference, scorer, { ...file, out: place, replace }, job);
  await expect(into(out, false)).rejects.toMatchObject({ code: 'file-exists' });
  for (const itself of [path, join(folder, 'link.txt')])
    await expect(into(itself, true)).rejects.toMatchObject({ code: 'scored-into-itself' });
  await expect(into(folder, true)).rejects.toMatchObject({ code: 'name-taken' });
  expect([path, out].map((one) => readFileSync(one, 'utf8'))).toEqual(['good', 'before']);
  await into(out, true);
  expect(objects(readFileSync(out, 'utf8'))).toEqual([{ text: 'good', probability: 2 }]);
});
