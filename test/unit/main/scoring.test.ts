/** Whole files scored in a stream: what comes out for each row, and what stops it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../../src/shared/contract/exchange.ts';
import { scoreFile } from '../../../src/main/scoring/file.ts';
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

async function score(name: string, content: string, out = 'out.jsonl', textColumn?: string): Promise<string> {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  const file = { path, format: formatOf(name), textColumn, out: join(folder, out) };
  await scoreFile(inference, scorer, file, job);
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

it.each([
  ['a.csv', 'id,words\n1,good\n', 'No text column', undefined],
  ['a.csv', 'id,text\n1,good\n', 'no column named review', 'review'],
  ['a.jsonl', '{"text":"good"}\nnonsense\n', 'line 2 is no JSON object', undefined],
  ['a.jsonl', '{"tokens":[1,9]}\n', 'line 1 is not valid: id 9 is not from 0 to 6', undefined],
  ['a.csv', 'id,text\n1,good\n2,\n', 'its text is empty', undefined],
  ['a.txt', '\n \n', 'The text is empty', undefined],
  ['a.txt', 'good\n\n!?\n', 'line 3 is not valid: it holds no word', undefined],
  ['a.csv', 'id,text\n1,"good', 'the row at line 2 has a quotation mark that is never closed', undefined],
])('of %s with %j it says what is wrong and leaves nothing', async (name, content, message, column) => {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  const out = join(folder, 'out.jsonl');
  const file = { path, format: formatOf(name), textColumn: column, out };
  await expect(scoreFile(inference, scorer, file, job)).rejects.toThrow(message);
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(folder)).toEqual([name]);
});
