/** What the data page shows of a data set: class balance, lengths, vocabulary coverage, decoded samples. */
import type { DatasetProfile, dataContract, sampleSchema } from '../../shared/contract/data.ts';
import type { Dataset, Piece } from '../../shared/data/dataset.ts';
import { decodeIds, idsFromRanks } from '../../shared/data/preprocess.ts';
import type { z } from 'zod';
import type { ReadableDb } from './database.ts';
import { pieceEntries, readPiece, readPieces, readVocabulary } from './dataset-content.ts';

type Sample = z.output<typeof sampleSchema>;
type SampleInput = Omit<z.output<(typeof dataContract)['data.samples']['input']>, 'name'>;

/** A histogram has at most about so many bars. */
const BARS = 60;
/** A long series is shown by its first steps. */
const STEPS_SHOWN = 200;

/** Lengths, quantiles and coverage are those of both splits together. @throws UnrollError `workspace-damaged` */
export function datasetProfile(db: ReadableDb, dataset: Dataset): DatasetProfile {
  const train = readPieces(db, dataset.id, 'train');
  const test = readPieces(db, dataset.id, 'test');
  const all = [...train, ...test];
  const lengths = sortedLengths(all, dataset.conventions?.start_char == null ? 0 : 1);
  const lengthStep = niceStep(dataset.longest / BARS);
  return {
    dataset,
    classCounts: { train: countClasses(train, dataset), test: countClasses(test, dataset) },
    lengthStep,
    lengths: histogram(lengths, lengthStep),
    lengthQuantiles: quantiles(lengths),
    coverage: dataset.kind === 'tokens' ? coverage(all, dataset.vocabularySize) : [],
    meanLength: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length),
  };
}

function sortedLengths(pieces: readonly Piece[], extra: number): Uint32Array {
  const lengths = new Uint32Array(pieces.reduce((sum, { labels }) => sum + labels.length, 0));
  let at = 0;
  for (const { offsets } of pieces) {
    for (let example = 1; example < offsets.length; example++) {
      lengths[at++] = (offsets[example] as number) - (offsets[example - 1] as number) + extra;
    }
  }
  return lengths.sort();
}

/** The least of 1, 2, 5, 10, 20, 50, … that is not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? power;
}

/** `bars[i]` counts lengths from `i * step` to below the next. */
function histogram(sorted: Uint32Array, step: number): number[] {
  const bars = new Array<number>(Math.floor((sorted.at(-1) ?? 0) / step) + 1).fill(0);
  for (const length of sorted) (bars[Math.floor(length / step)] as number)++;
  return bars;
}

/** The lengths at 0, 1, …, 100 %. */
function quantiles(sorted: Uint32Array): number[] {
  return Array.from(
    { length: 101 },
    (_, percent) => sorted[Math.round((percent / 100) * (sorted.length - 1))] ?? 0,
  );
}

/** Examples of each class; none for a regression. */
function countClasses(pieces: readonly Piece[], { classes }: Dataset): number[] {
  const counts = classes.map(() => 0);
  for (const { labels } of pieces) {
    for (const label of labels) if (label in counts) (counts[label] as number)++;
  }
  return counts;
}

/** Which share of all words is among the most frequent 1, 2, 5, 10, … ones, up to the whole vocabulary. */
function coverage(pieces: readonly Piece[], vocabularySize: number): DatasetProfile['coverage'] {
  const counts = new Float64Array(vocabularySize + 1);
  let total = 0;
  for (const { values } of pieces) {
    for (let at = 0; at < values.length; at++) (counts[values[at] as number] as number)++;
    total += values.length;
  }
  const points: DatasetProfile['coverage'] = [];
  let covered = 0;
  let next = 1;
  for (let rank = 1; rank <= vocabularySize; rank++) {
    covered += counts[rank] as number;
    if (rank < next && rank < vocabularySize) continue;
    points.push({ words: rank, share: covered / Math.max(1, total) });
    next = niceStep(rank + 1);
  }
  return points;
}

/** `count` examples of a split from position `from` on, decoded; fewer at its end. @throws UnrollError `workspace-damaged` */
export function datasetSamples(
  db: ReadableDb,
  dataset: Dataset,
  { split, from, count, num_words }: SampleInput,
): Sample[] {
  const vocabulary = dataset.kind === 'tokens' ? readVocabulary(db, dataset.id) : [];
  const entries = pieceEntries(db, dataset.id, split);
  return entries
    .filter(({ start, examples }) => start < from + count && start + examples > from)
    .flatMap(({ piece, start, examples }) => {
      const content = readPiece(db, dataset.id, split, piece);
      const first = Math.max(0, from - start);
      const last = Math.min(examples, from + count - start);
      return Array.from({ length: last - first }, (_, index) => {
        const example = first + index;
        return {
          index: start + example,
          split,
          ...describe(content, example, dataset, vocabulary, num_words),
        };
      });
    });
}

function describe(
  { values, offsets, labels }: Piece,
  example: number,
  { kind, width, classes, conventions }: Dataset,
  vocabulary: readonly string[],
  numWords: number | null,
): Omit<Sample, 'index' | 'split'> {
  const steps = [offsets[example] as number, offsets[example + 1] as number] as const;
  const sequence = values.subarray(steps[0] * width, steps[1] * width);
  const label = labels[example] as number;
  const labelName = classes[label] ?? String(label);
  if (kind === 'values' || conventions === null) {
    return {
      label,
      labelName,
      length: steps[1] - steps[0],
      text: numbersOf(sequence as Float32Array, width),
    };
  }
  const ids = idsFromRanks(sequence as Int32Array, numWords, conventions);
  const text = (vocabulary.length ? decodeIds(ids, conventions, vocabulary) : [...ids]).join(' ');
  return { label, labelName, length: ids.length, text };
}

/** The numbers of a series: steps parted by spaces, the values of one step by commas. */
function numbersOf(sequence: Float32Array, width: number): string {
  const shown = Math.min(STEPS_SHOWN, sequence.length / width);
  const words = Array.from({ length: shown }, (_, step) =>
    Array.from(sequence.subarray(step * width, (step + 1) * width), (value) =>
      String(Number(value.toPrecision(4))),
    ).join(),
  );
  return words.join(' ') + (shown < sequence.length / width ? ' …' : '');
}
