/**
 * Keras's `imdb.npz`: `x_train`, `y_train`, `x_test`, `y_test`, the reviews as pickled lists of word ranks. The examples
 * come in the order of `keras.datasets.imdb.load_data`; its ids are made from the ranks when sequences are prepared.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KERAS_CONVENTIONS, type Example, type Split } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { kindOfPath, readBeginning } from './files.ts';
import {
  letOthersRun,
  stopIfCancelled,
  type ImportContext,
  type ImportedData,
  type Importer,
} from './importer.ts';
import { readLabels } from './labels.ts';
import { readLists, readNumbers } from './npy.ts';
import { kerasOrder } from './order.ts';
import { readWordIndex } from './word-index.ts';
import { readZip } from './zip.ts';

const ARRAYS = ['x_train', 'y_train', 'x_test', 'y_test'] as const;
const WORD_INDEX = 'imdb_word_index.json';
const EXAMPLES_A_PORTION = 2000;

interface RankedSplit {
  sequences: Int32Array[];
  labels: number[];
}

export const kerasNpz: Importer = {
  format: 'keras-npz',
  async match(path) {
    // A zip archive whose first entry is an array.
    const beginning = await readBeginning(path, 128);
    if (beginning.toString('latin1', 0, 4) !== 'PK\x03\x04' || beginning.length < 30) return false;
    return beginning.toString('latin1', 30, 30 + beginning.readUInt16LE(26)).endsWith('.npy');
  },
  async read(path, context) {
    await kindOfPath(path);
    const { options, progress } = context;
    const wordIndex = options.wordIndex ?? wordIndexBeside(path);
    const vocabulary = wordIndex === undefined ? [] : await readWordIndex(wordIndex);
    progress(0.1, 'Inflating');
    const splits = await readSplits(path, context);
    const all = [...splits.train.labels, ...splits.test.labels].map(String);
    const { task, classes, values } = readLabels(all, path);
    return {
      suggestedName: basename(path, '.npz'),
      kind: 'tokens',
      width: 1,
      task,
      classes: classes.join() === '0,1' ? ['negative', 'positive'] : classes,
      conventions: KERAS_CONVENTIONS,
      vocabulary,
      hasTexts: false,
      source: {
        format: 'keras-npz',
        file: basename(path),
        wordIndex: wordIndex === undefined ? null : basename(wordIndex),
      },
      examples: examplesOf(splits, values, context),
    } satisfies ImportedData;
  },
};

/** Keras keeps the word index in the same folder; it is taken from there when none is named. */
function wordIndexBeside(path: string): string | undefined {
  const beside = join(dirname(path), WORD_INDEX);
  return existsSync(beside) ? beside : undefined;
}

async function readSplits(
  path: string,
  { signal, progress }: ImportContext,
): Promise<Record<Split, RankedSplit>> {
  const entries = await readZip(
    path,
    ARRAYS.map((name) => `${name}.npy`),
  );
  const fileOf = (name: (typeof ARRAYS)[number]) => {
    const entry = `${name}.npy`;
    const bytes = entries.get(entry);
    if (!bytes)
      throw new UnrollError('file-malformed', {
        path,
        reason: `it has no array ${name}.`,
        fix: 'Name the arrays of reviews x_train, y_train, x_test and y_test; series may also be x and y.',
      });
    return { path, entry, bytes };
  };
  const read = async (split: Split): Promise<RankedSplit> => {
    progress(split === 'train' ? 0.3 : 0.5, `Reading the ${split} split`);
    await letOthersRun();
    stopIfCancelled(signal, 'The import');
    const sequences = readLists(fileOf(`x_${split}`));
    const labels = readNumbers(fileOf(`y_${split}`));
    if (sequences.length === labels.length) return { sequences, labels };
    const reason = `the ${split} split has ${sequences.length} sequences and ${labels.length} labels.`;
    throw new UnrollError('file-damaged', { path, reason });
  };
  return { train: await read('train'), test: await read('test') };
}

/** @param labels of the train split, then of the test split */
async function* examplesOf(
  { train, test }: Record<Split, RankedSplit>,
  labels: Float32Array,
  { progress }: ImportContext,
): AsyncGenerator<Example> {
  const order = kerasOrder(train.sequences.length, test.sequences.length);
  const testLabels = labels.subarray(train.labels.length);
  let done = 0;
  for (const [split, sequences, own] of [
    ['train', train.sequences, labels],
    ['test', test.sequences, testLabels],
  ] as const) {
    for (const index of order[split]) {
      if (done++ % EXAMPLES_A_PORTION === 0) progress(0.7 + (0.3 * done) / labels.length, 'Storing');
      yield { split, values: sequences[index] as Int32Array, label: own[index] as number };
    }
  }
}
