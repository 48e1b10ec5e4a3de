import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/main/store/dataset-content.ts';
import { KERAS_CONVENTIONS, type Example, type Piece } from '../../../../src/shared/data/dataset.ts';
import { bytesOf } from '../../../../src/shared/data/piece.ts';
import { prepareTokens, writePadded } from '../../../../src/shared/data/preprocess.ts';
import expected from '../../../fixtures/data/expected.json' with { type: 'json' };
import checksums from './imdb-checksums.json' with { type: 'json' };
import { realFile } from './real-data.ts';
import { fixtures, importFile, temporaryFile } from './reading.ts';

const npz = (name: string): string => join(fixtures, `${name}.npz`);
const plain = (examples: Example[]) => ({
  sequences: examples.map(({ values }) => [...values]),
  labels: examples.map(({ label }) => label),
});

describe.each(['python2', 'protocol2', 'protocol3', 'protocol4', 'protocol5'])('a %s archive', (name) => {
  it("yields its sequences and labels in Keras's order", async () => {
    const { data, train, test } = await importFile(npz(name));
    expect({ train: plain(train), test: plain(test) }).toEqual(expected);
    expect(data).toMatchObject({
      task: 'binary',
      classes: ['negative', 'positive'],
      conventions: KERAS_CONVENTIONS,
    });
  });
});

describe('a word index', () => {
  it('gives the vocabulary by rank, also where it leaves a rank out', async () => {
    const wordIndex = temporaryFile('index.json', '{"film": 2, "the": 1, "rare": 4}');
    const { data } = await importFile(npz('protocol3'), { wordIndex });
    expect(data.vocabulary).toEqual(['the', 'film', '', 'rare']);
  });

  it.each(['[1, 2]', '{"film": "2"}', '{"film": 0}', '{"film"', ''])(
    'is refused when it is %s',
    async (content) => {
      const wordIndex = temporaryFile('index.json', content);
      await expect(importFile(npz('protocol3'), { wordIndex })).rejects.toMatchObject({
        code: 'file-damaged',
      });
    },
  );
});

describe('a bad archive', () => {
  it('with code in its pickle is refused, and the code is named', async () => {
    await expect(importFile(npz('unsafe'))).rejects.toMatchObject({
      code: 'file-unsafe',
      message: expect.stringContaining('system'),
    });
  });

  it.each([
    ['cut-pickle', 'file-damaged'],
    ['words', 'file-damaged'],
    ['one-class', 'labels-one-class'],
  ])('%s is refused as %s', async (name, code) => {
    await expect(importFile(npz(name))).rejects.toMatchObject({ code });
  });

  it('cut off anywhere is refused', async () => {
    const bytes = readFileSync(npz('protocol3'));
    for (const length of [40, 1000, bytes.length - 30, bytes.length - 1]) {
      const path = temporaryFile('cut.npz', bytes.subarray(0, length));
      await expect(importFile(path, { format: 'keras-npz' })).rejects.toMatchObject({ code: 'file-damaged' });
    }
  });

  it('whose content was changed is refused', async () => {
    const bytes = readFileSync(npz('protocol3'));
    bytes.fill(0x41, 300, 310);
    const path = temporaryFile('changed.npz', bytes);
    await expect(importFile(path)).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('without the arrays of IMDB is refused by their names', async () => {
    const path = temporaryFile('other.npz', zipSync({ 'weights.npy': new Uint8Array(100) }));
    await expect(importFile(path)).rejects.toMatchObject({
      code: 'file-malformed',
      message: expect.stringContaining('x_train'),
    });
  });

  it('announcing more than a limit is refused before it is inflated', async () => {
    const zip = Buffer.from(zipSync({ 'x_train.npy': new Uint8Array(1000) }));
    // The central directory's uncompressed size, at offset 24 of its record.
    zip.writeUInt32LE(2 ** 31, zip.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    const path = temporaryFile('bomb.npz', zip);
    await expect(importFile(path)).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('that inflates to more than it announces is refused', async () => {
    const zip = Buffer.from(zipSync({ 'x_train.npy': new Uint8Array(1_000_000) }));
    zip.writeUInt32LE(1000, zip.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    const path = temporaryFile('liar.npz', zip);
    await expect(importFile(path)).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('is not opened when the import was cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(importFile(npz('protocol3'), { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe("Keras's own imdb.npz", () => {
  const path = realFile('imdb.npz');

  it.skipIf(path === null)(
    'equals load_data and pad_sequences of real Keras, element by element',
    async () => {
      const { data, train, test } = await importFile(path as string);
      for (const examples of [train, test]) {
        expect(examples).toHaveLength(25000);
        expect(examples.filter(({ label }) => label === 1)).toHaveLength(12500);
      }
      expect(data.vocabulary.slice(0, 3)).toEqual(['the', 'and', 'a']);
      const pieces = { train: pieceOf(train), test: pieceOf(test) };
      for (const { maxlen, padding, truncating, ...hashes } of checksums.cases) {
        const cut = { padding: padding as 'pre', truncating: truncating as 'pre' };
        const preprocessing = { num_words: checksums.num_words, maxlen, ...cut };
        for (const split of ['train', 'test'] as const) {
          const { sequences, labels } = prepareTokens(
            [pieces[split]],
            preprocessing,
            KERAS_CONVENTIONS,
            2494,
          );
          const inputs = new Int32Array(sequences.length * maxlen);
          sequences.forEach((sequence, row) =>
            writePadded(inputs, row * maxlen, maxlen, sequence, cut.padding),
          );
          expect(sha256(bytesOf(inputs))).toBe(hashes[`x_${split}`]);
          expect(sha256(bytesOf(labels))).toBe(hashes[`y_${split}`]);
        }
      }
    },
  );
});

function pieceOf(examples: Example[]): Piece {
  const offsets = new Uint32Array(examples.length + 1);
  examples.forEach(({ values }, index) => (offsets[index + 1] = (offsets[index] as number) + values.length));
  const values = new Int32Array(offsets.at(-1) as number);
  examples.forEach((example, index) => values.set(example.values, offsets[index]));
  return { values, offsets, labels: Float32Array.from(examples, ({ label }) => label) };
}
