import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { kerasOrder } from '../../../../src/main/importers/order.ts';
import { temporaryFolder } from '../workspace.ts';
import { importFile, temporaryFile, wordsOf } from './reading.ts';
import { realFile } from './real-data.ts';

type Files = Record<string, string | Buffer>;

/** Reviews out of order, as archives and file systems give them; `10_1` comes after `9_3` by its number. */
const REVIEWS: Files = {
  'aclImdb/README': 'About the data.',
  'aclImdb/train/pos/10_9.txt': 'Good good film',
  'aclImdb/train/pos/2_7.txt': 'A good film, unseen before',
  'aclImdb/train/neg/10_1.txt': 'The bad end',
  'aclImdb/train/neg/9_3.txt': 'The bad bad film!<br />',
  'aclImdb/train/unsup/0_0.txt': 'Nobody knows',
  'aclImdb/test/pos/0_10.txt': 'Good unheard words',
  'aclImdb/test/neg/0_2.txt': 'Bad',
};
const IN_ORDER = {
  train: ['the bad bad film br', 'the bad end', 'a good film unseen before', 'good good film'],
  test: ['bad', 'good ? ?'],
};

async function archive(files: Files): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const archiveFile = async (files: Files): Promise<string> =>
  temporaryFile('own.tar.gz', gzipSync(await archive(files)));

function folderOf(files: Files): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const sources: Record<string, (files: Files) => Promise<string> | string> = {
  'the archive': archiveFile,
  'the extracted folder': (files) => join(folderOf(files), 'aclImdb'),
  'the folder around it': folderOf,
};

describe.each(Object.entries(sources))('%s', (_, make) => {
  it("holds the reviews by class and number, then in Keras's order", async () => {
    const { data, train, test } = await importFile(await make(REVIEWS));
    expect(data).toMatchObject({ task: 'binary', classes: ['negative', 'positive'], hasTexts: true });
    expect(data.vocabulary.slice(0, 5)).toEqual(['bad', 'film', 'good', 'the', 'br']);
    const order = kerasOrder(4, 2);
    expect(train.map((example) => wordsOf(data, example))).toEqual(
      [...order.train].map((at) => IN_ORDER.train[at]),
    );
    expect(test.map((example) => wordsOf(data, example))).toEqual(
      [...order.test].map((at) => IN_ORDER.test[at]),
    );
    expect(train.map(({ label }) => label)).toEqual([...order.train].map((at) => (at < 2 ? 0 : 1)));
    expect(train.map(({ text }) => text)).toContain('A good film, unseen before');
  });

  it('with an empty review is refused by its name', async () => {
    const path = await make({ ...REVIEWS, 'aclImdb/train/pos/3_8.txt': ' \n' });
    await expect(importFile(path)).rejects.toMatchObject({
      code: 'text-missing',
      message: expect.stringContaining('train/pos/3_8.txt'),
    });
  });

  it('with bytes that are no UTF-8 is refused', async () => {
    const path = await make({ ...REVIEWS, 'aclImdb/train/pos/3_8.txt': Buffer.of(0x61, 0xff, 0xfe) });
    await expect(importFile(path)).rejects.toMatchObject({ code: 'file-malformed' });
  });

  it('with a review beyond any length is refused', async () => {
    const path = await make({ ...REVIEWS, 'aclImdb/train/pos/3_8.txt': Buffer.alloc((1 << 20) + 1, 'a') });
    await expect(importFile(path)).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('of one class only is refused', async () => {
    const positive = Object.entries(REVIEWS).filter(([name]) => !name.includes('/neg/'));
    const path = await make(Object.fromEntries(positive));
    await expect(importFile(path)).rejects.toMatchObject({ code: 'labels-one-class' });
  });

  it('ends when the import is cancelled', async () => {
    const path = await make(REVIEWS);
    await expect(importFile(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('a bad archive', () => {
  it('without reviews is refused', async () => {
    const path = await archiveFile({ README: 'Nothing here.' });
    await expect(importFile(path)).rejects.toMatchObject({ code: 'data-empty' });
  });

  it('cut off anywhere is refused', async () => {
    const whole = gzipSync(await archive(REVIEWS));
    for (const length of [20, 100, whole.length - 9, whole.length - 1]) {
      const path = temporaryFile('cut.tar.gz', whole.subarray(0, length));
      await expect(importFile(path)).rejects.toMatchObject({ code: 'file-damaged' });
    }
    const cutInside = temporaryFile(
      'cut-inside.tar.gz',
      gzipSync((await archive(REVIEWS)).subarray(0, 1500)),
    );
    await expect(importFile(cutInside)).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('that is no tar inside is refused', async () => {
    const path = temporaryFile('text.gz', gzipSync('only a text '.repeat(200)));
    await expect(importFile(path)).rejects.toMatchObject({ code: 'file-damaged' });
  });
});

describe('the original aclImdb_v1.tar.gz', () => {
  const path = realFile('aclImdb_v1.tar.gz');

  it.skipIf(path === null)('holds 25,000 and 25,000 reviews, half of them positive', async () => {
    const { data, train, test } = await importFile(path as string);
    for (const examples of [train, test]) {
      expect(examples).toHaveLength(25000);
      expect(examples.filter(({ label }) => label === 1)).toHaveLength(12500);
    }
    // Keras's own word index begins the same way but for the two words whose counts are closest.
    expect(data.vocabulary.slice(0, 10)).toEqual([
      'the',
      'and',
      'a',
      'of',
      'to',
      'is',
      'br',
      'in',
      'it',
      'i',
    ]);
    expect(data.vocabulary.length).toBeGreaterThan(88000);
  });
});
