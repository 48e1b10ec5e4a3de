import { describe, expect, it } from 'vitest';
import type { Example } from '../../../../src/shared/data/dataset.ts';
import { importFile, temporaryFile } from './reading.ts';

const GOOD = 'a good film, really';
const BAD = 'a bad film';

function csvOf(rows: string[][], header = ['review', 'sentiment']): string {
  return [header, ...rows]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
    .join('\n');
}
const tenRows = Array.from({ length: 10 }, (_, row) => [
  `${row % 2 ? GOOD : BAD} ${row}`,
  row % 2 ? 'positive' : 'negative',
]);
const textsOf = (examples: Example[]) => examples.map(({ text }) => text);

describe('a table of texts', () => {
  it.each([
    ['reviews.csv', csvOf(tenRows)],
    ['marked.csv', `\uFEFF${csvOf(tenRows)}`],
    ['windows.csv', csvOf(tenRows).replaceAll('\n', '\r\n')],
    ['semicolons.csv', csvOf(tenRows).replaceAll('","', '";"')],
    ['unicode.csv', Buffer.from(`\uFEFF${csvOf(tenRows)}`, 'utf16le')],
    ['unicode.tsv', Buffer.from(`\uFEFF${csvOf(tenRows).replaceAll('","', '"\t"')}`, 'utf16le').swap16()],
    ['reviews.tsv', ['review\tsentiment', ...tenRows.map((cells) => cells.join('\t'))].join('\n')],
    ['reviews.jsonl', tenRows.map(([review, sentiment]) => JSON.stringify({ review, sentiment })).join('\n')],
    ['other-names.csv', csvOf(tenRows, ['what was said', 'verdict'])],
    ['no-header.csv', csvOf(tenRows.slice(1), tenRows[0])],
  ])('%s is read without being told its columns', async (name, content) => {
    const { data, train, test } = await importFile(temporaryFile(name, content));
    expect(data).toMatchObject({ task: 'binary', classes: ['negative', 'positive'], hasTexts: true });
    expect(train).toHaveLength(8);
    expect(test).toHaveLength(2);
    expect(textsOf([...train, ...test]).sort()).toEqual(tenRows.map(([text]) => text).sort());
    for (const { text, label } of [...train, ...test]) expect(label).toBe(text?.includes('good') ? 1 : 0);
    expect(data.vocabulary.slice(0, 2)).toEqual(['a', 'film']);
  });

  it('gives the same examples in the same order every time', async () => {
    const path = temporaryFile('reviews.csv', csvOf(tenRows));
    const [first, second] = [await importFile(path), await importFile(path)];
    expect(first.train).toEqual(second.train);
    expect(first.test).toEqual(second.test);
  });

  it('follows the columns it is told', async () => {
    const content = csvOf(
      [
        ['one text', 'x', 'yes', 'b c'],
        ['two text', 'y', 'no', 'd e'],
      ],
      ['text', 'label', 'kept', 'body of it'],
    );
    const path = temporaryFile('own.csv', content);
    const { data, train, test } = await importFile(path, { textColumn: 'body of it', labelColumn: 'kept' });
    expect(data.classes).toEqual(['no', 'yes']);
    expect(textsOf([...train, ...test]).sort()).toEqual(['b c', 'd e']);
  });

  it('follows a split column', async () => {
    const rows = tenRows.map((cells, row) => [...cells, row < 3 ? 'test' : 'train']);
    const { train, test } = await importFile(
      temporaryFile('split.csv', csvOf(rows, ['text', 'label', 'split'])),
    );
    expect(new Set(textsOf(test))).toEqual(new Set(tenRows.slice(0, 3).map(([text]) => text)));
    expect([train.length, test.length]).toEqual([7, 3]);
  });

  it('poses several classes or a regression by its labels', async () => {
    const with_ = (labels: unknown[]) =>
      importFile(
        temporaryFile(
          'some.csv',
          csvOf(
            labels.map((label, row) => [`text ${row}`, String(label)]),
            ['text', 'label'],
          ),
        ),
      );
    expect((await with_([3, 1, 2, 10, 1, 2])).data).toMatchObject({
      task: 'multiclass',
      classes: ['1', '2', '3', '10'],
    });
    expect((await with_([0.5, 1, 2, 2])).data).toMatchObject({ task: 'regression', classes: [] });
    expect((await with_(Array.from({ length: 30 }, (_, row) => row))).data.task).toBe('regression');
    expect((await with_(['true', 'false'])).data).toMatchObject({
      task: 'binary',
      classes: ['false', 'true'],
    });
  });

  it('counts words of the train split only', async () => {
    const rows = [
      ['seen words', 'a', 'train'],
      ['seen again', 'b', 'train'],
      ['never seen', 'a', 'test'],
    ];
    const { data, test } = await importFile(
      temporaryFile('split.csv', csvOf(rows, ['text', 'label', 'split'])),
    );
    expect(data.vocabulary).toEqual(['seen', 'words', 'again']);
    expect([...(test[0]?.values ?? [])]).toEqual([0, 1]);
  });
});

describe('a bad table', () => {
  const refused = (content: string | Uint8Array, options = {}, name = 'bad.csv') =>
    expect(importFile(temporaryFile(name, content), options)).rejects;

  it('without a label column is refused with the columns it has', async () => {
    const rows = Array.from({ length: 10 }, (_, row) => [`some text ${row}`, `id${row}`]);
    await refused(csvOf(rows, ['text', 'key'])).toMatchObject({
      code: 'column-missing',
      message: expect.stringContaining('text, key'),
    });
  });

  it('without a text column is refused', async () => {
    await refused('a,b\n1,2\n1,3\n2,3\n').toMatchObject({ code: 'column-missing' });
  });

  it('of one column is still a table, and says which column it lacks', async () => {
    const content = ['text', ...tenRows.map(([text]) => `"${text}"`)].join('\n');
    for (const name of ['texts.csv', 'texts.tsv', 'TEXTS.CSV']) {
      await refused(content, {}, name).toMatchObject({
        code: 'column-missing',
        message: expect.stringMatching(/No label column was found in .*\. Columns: text\.$/) as string,
        hint: expect.stringContaining('it needs a text column and a label column') as string,
      });
    }
    await refused(content, {}, 'texts.txt').toMatchObject({ code: 'file-format-unknown' });
  });

  it('without the column named is refused', async () => {
    await refused(csvOf(tenRows), { labelColumn: 'mood' }).toMatchObject({
      code: 'column-unknown',
      message: expect.stringMatching(/has no column named mood\. Columns: review, sentiment\.$/) as string,
    });
  });

  it('with a label missing is refused with the line', async () => {
    const rows = tenRows.map((cells, row) => (row === 4 ? ['two\nlines', ''] : cells));
    await refused(csvOf(rows)).toMatchObject({
      code: 'labels-missing',
      message: expect.stringContaining('line 6'),
    });
  });

  it('with an empty text is refused with the line', async () => {
    const rows = tenRows.map((cells, row) => (row === 4 ? [' ', 'negative'] : cells));
    await refused(csvOf(rows)).toMatchObject({
      code: 'text-missing',
      message: expect.stringContaining('line 6'),
    });
  });

  it('of one class only is refused with the class', async () => {
    await refused(csvOf(tenRows.map(([text]) => [text as string, 'fine']))).toMatchObject({
      code: 'labels-one-class',
      message: expect.stringContaining('fine'),
    });
  });

  it('without rows is refused', async () => {
    await refused('text,label\n').toMatchObject({ code: 'data-empty' });
    await refused('', { format: 'csv' }).toMatchObject({ code: 'data-empty' });
    await refused('\n\n', { format: 'jsonl' }).toMatchObject({ code: 'data-empty' });
  });

  it('with rows of another length, or a quotation never closed, is refused', async () => {
    await refused('text,label\n"fine\nfilm",a\nbroken\n').toMatchObject({
      code: 'file-malformed',
      message: expect.stringContaining('the row at line 4 has 1 cells, not as many as the first row'),
    });
    await refused('text,label\nfine,a\n"open,b\nand,c\n').toMatchObject({
      code: 'file-malformed',
      message: expect.stringContaining('the row at line 3 has a quotation mark that is never closed'),
    });
  });

  it('with a row without end is refused', async () => {
    await refused(`text,label\n"${'word '.repeat(300_000)}`).toMatchObject({ code: 'file-too-large' });
  });

  it('that is no UTF-8 is refused', async () => {
    const content = Buffer.concat([
      Buffer.from('text,label\ncaf'),
      Buffer.of(0xe9, 0x2c),
      Buffer.from('a\n'),
    ]);
    await refused(content).toMatchObject({
      code: 'file-malformed',
      message: expect.stringContaining('line 2 is not UTF-8 text'),
      hint: expect.stringContaining('Save it as UTF-8'),
    });
    await refused(content.subarray(0, 15), { format: 'csv' }).toMatchObject({ code: 'file-malformed' });
    const long = Buffer.concat([Buffer.from(`${csvOf(tenRows)}\n`), Buffer.alloc(300_000, 'é,b\n'), content]);
    await refused(long).toMatchObject({ message: expect.stringContaining('line 60013 is') });
  });

  it('that is one JSON value over all lines is refused with how to save it', async () => {
    for (const content of ['[{"text": "fine words", "label": 1}]', '{\n  "text": "fine words"\n}']) {
      await refused(content, {}, 'bad.json').toMatchObject({
        code: 'file-malformed',
        message: expect.stringContaining('it is one JSON value, not one object a line'),
        hint: expect.stringContaining('Save it as JSON Lines'),
      });
    }
  });

  it('with a line that is no JSON object is refused with the line', async () => {
    const content = '{"text": "fine words", "label": 1}\n[1]\n';
    await refused(content, {}, 'bad.jsonl').toMatchObject({
      code: 'file-malformed',
      message: expect.stringContaining('line 2'),
    });
  });

  it('is left when the import is cancelled', async () => {
    await refused(csvOf(tenRows), { signal: AbortSignal.abort() }).toMatchObject({ code: 'cancelled' });
  });
});

describe('finding an importer', () => {
  it('refuses what does not exist, and what is of no format it knows', async () => {
    await expect(importFile('no-such-file.csv')).rejects.toMatchObject({ code: 'file-missing' });
    const picture = temporaryFile('picture.png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0,', 'latin1'));
    await expect(importFile(picture)).rejects.toMatchObject({ code: 'file-format-unknown' });
    await expect(importFile(import.meta.dirname)).rejects.toMatchObject({ code: 'file-format-unknown' });
    await expect(importFile(import.meta.dirname, { format: 'csv' })).rejects.toMatchObject({
      code: 'file-format-unknown',
    });
  });
});

describe('a doubtful table', () => {
  const doubtsOf = async (rows: string[][], header?: string[]) =>
    (await importFile(temporaryFile('doubtful.csv', csvOf(rows, header)))).data.doubts;

  it('is taken, and what may not be meant is said', async () => {
    expect(await doubtsOf(tenRows)).toEqual([]);
    const capitals = tenRows.map(([text = '', label = ''], row) => [text, row === 3 ? 'Positive' : label]);
    expect(await doubtsOf(capitals)).toEqual([
      'The classes Positive and positive differ in capitals or spaces only, and are taken as different.',
    ]);
    const twice = tenRows.map(([text = '', label = '']) => [text, 'other words here', label]);
    expect(await doubtsOf(twice, ['text', 'Text', 'label'])).toEqual([
      'There are several columns named text; the first was taken.',
    ]);
    const keys = Array.from({ length: 40 }, (_, row) => [`a fine film ${row}`, `key ${row}`]);
    expect(await doubtsOf(keys, ['text', 'label'])).toEqual([
      expect.stringContaining('There are 40 classes for 40 examples'),
    ]);
  });
});
