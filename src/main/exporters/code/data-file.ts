/** The data a script trains on: Keras has IMDB itself; any other set goes along as a file. */
import type { Split } from '../../../shared/data/dataset.ts';
import { idsFromRanks } from '../../../shared/data/preprocess.ts';
import type { Trained } from '../exporter.ts';
import { npz } from './npz.ts';

/** Whether `keras.datasets.imdb.load_data` gives the very same sequences in the same order. */
export function isKerasImdb({ dataset: { source, trainExamples, testExamples } }: Trained): boolean {
  return source.format === 'keras-npz' && trainExamples === 25_000 && testExamples === 25_000;
}

/** All sequences of a split behind one another, with ids by the run's conventions, where each begins, and the labels. */
function columns({ run, dataset, pieces }: Trained, split: Split) {
  const { kind, width, conventions } = dataset;
  const each = kind === 'tokens' ? 1 : width;
  const sequences: (Int32Array | Float32Array)[] = [];
  const labels: number[] = [];
  for (const piece of pieces(split)) {
    piece.labels.forEach((label, i) => {
      const values = piece.values.subarray(each * piece.offsets[i]!, each * piece.offsets[i + 1]!);
      const ids = kind === 'tokens' && conventions !== null;
      sequences.push(
        ids ? idsFromRanks(values as Int32Array, run.preprocessing.num_words, conventions) : values,
      );
      labels.push(label);
    });
  }
  const offsets = new Uint32Array(sequences.length + 1);
  sequences.forEach(({ length }, i) => (offsets[i + 1] = offsets[i]! + length));
  const size = offsets.at(-1)!;
  const values = kind === 'tokens' ? new Int32Array(size) : new Float32Array(size);
  sequences.forEach((sequence, i) => values.set(sequence, offsets[i]));
  return { values, offsets, labels: Float32Array.from(labels) };
}

/** Both splits as `train_values`, `train_offsets`, `train_labels`, `test_values`, … */
export function dataFile(trained: Trained): Uint8Array {
  const arrays = (['train', 'test'] as const).flatMap((split) =>
    Object.entries(columns(trained, split)).map(([name, array]) => [`${split}_${name}`, array] as const),
  );
  return npz(Object.fromEntries(arrays));
}
