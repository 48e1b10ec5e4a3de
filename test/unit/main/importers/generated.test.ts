import { describe, expect, it } from 'vitest';
import { generateTask } from '../../../../src/main/importers/generated.ts';
import { GENERATED_TASKS, type GenerateInput } from '../../../../src/shared/contract/data.ts';
import type { Example } from '../../../../src/shared/data/dataset.ts';
import { context } from './reading.ts';

async function generate(task: GenerateInput['task'], settings: Partial<GenerateInput> = {}) {
  const data = await generateTask({ task, examples: 200, length: 40, seed: 1, ...settings }, context());
  const examples: Example[] = [];
  for await (const example of data.examples) examples.push(example);
  return { data, examples };
}

/** Each example's words and the name of its class. */
async function answers(
  task: GenerateInput['task'],
  settings?: Partial<GenerateInput>,
): Promise<[string[], string][]> {
  const { data, examples } = await generate(task, settings);
  return examples.map(({ text = '', label }) => [text.split(' '), data.classes[label] ?? '']);
}

describe.each(GENERATED_TASKS)('the task %s', (task) => {
  it('is the same for the same seed and another for another', async () => {
    const [first, again, other] = [
      await generate(task),
      await generate(task),
      await generate(task, { seed: 2 }),
    ];
    expect(again.examples).toEqual(first.examples);
    expect(other.examples).not.toEqual(first.examples);
  });

  it('has the number of examples asked for, 80 % to train on', async () => {
    const { examples } = await generate(task, { examples: 55 });
    expect(examples.filter(({ split }) => split === 'train')).toHaveLength(44);
    expect(examples.filter(({ split }) => split === 'test')).toHaveLength(11);
  });

  it('keeps to the length, the start id included, and works at the least length', async () => {
    const { data, examples } = await generate(task, { length: 100 });
    const start = data.conventions === null ? 0 : 1;
    const longest = Math.max(...examples.map(({ values }) => values.length / data.width + start));
    expect(longest).toBeLessThanOrEqual(100);
    expect(longest).toBeGreaterThan(90);
    expect((await generate(task, { length: 4 })).examples).toHaveLength(200);
  });
});

it('recall: the first word is the class, and is found nowhere else', async () => {
  for (const [[cue, ...noise], answer] of await answers('recall')) {
    expect(cue).toBe(answer);
    expect(noise).not.toContain('north');
    expect(noise).not.toContain('south');
  }
});

it('temporal order: the class is the marks in their order, far apart', async () => {
  for (const [words, answer] of await answers('temporal-order')) {
    const marks = words.flatMap((word, at) => (word === 'x' || word === 'y' ? [{ word, at }] : []));
    expect(marks.map(({ word }) => word).join(' ')).toBe(answer);
    expect((marks[1]?.at ?? 0) - (marks[0]?.at ?? 0)).toBeGreaterThan(8);
    expect([words[0], words.at(-1)]).toEqual(['begin', 'end']);
  }
});

it('parity: the class is whether the ones are odd in number', async () => {
  for (const [words, answer] of await answers('parity')) {
    expect(words.filter((word) => word === '1').length % 2 === 1).toBe(answer === 'odd');
  }
});

it('adding: the answer is the sum of the two marked values, one in each half', async () => {
  const { data, examples } = await generate('adding');
  expect(data).toMatchObject({ kind: 'values', width: 2, task: 'regression' });
  for (const { values, label } of examples) {
    const marked = Array.from({ length: 40 }, (_, step) => step).filter((step) => values[step * 2 + 1] === 1);
    expect(marked.map((step) => step < 20)).toEqual([true, false]);
    expect(marked.reduce((sum, step) => sum + (values[step * 2] as number), 0)).toBeCloseTo(label, 6);
  }
});

it('sentiment: only the verdict, at one of the two ends, tells the classes apart', async () => {
  const verdict = /this (film|movie|picture|drama|comedy|thriller|western|documentary|sequel|remake)/i;
  const withoutVerdict = (text: string) =>
    (text.match(/[^.]+\./g) ?? [])
      .filter((sentence) => !verdict.test(sentence) || /about/.test(sentence))
      .join('');
  const { data, examples } = await generate('sentiment', { examples: 2000, length: 120 });
  expect(examples.filter(({ label }) => label === 1)).toHaveLength(1000);
  const good = /superb|moving|brilliant|charming|gripping|clever|beautiful/g;
  const counts = [0, 0];
  for (const { text = '', label } of examples) {
    expect(text).toMatch(/^[A-Z].*\.$/);
    counts[label] = (counts[label] ?? 0) + (withoutVerdict(text).match(good)?.length ?? 0);
  }
  expect(data.vocabulary.length).toBeGreaterThan(200);
  expect((counts[1] as number) / (counts[0] as number)).toBeGreaterThan(0.9);
  expect((counts[1] as number) / (counts[0] as number)).toBeLessThan(1.1);
});

it('sentiment: the verdict opens about half of the reviews', async () => {
  const all = await answers('sentiment', { examples: 1000 });
  const opening = all.filter(
    ([words]) => !/^(This is a|In|All|To|When|And|Still)/.test(words.slice(0, 3).join(' ')),
  );
  expect(opening.length / all.length).toBeGreaterThan(0.25);
  expect(opening.length / all.length).toBeLessThan(0.6);
});
