/** In which order examples are kept, and which of them are held out for the test, always the same for one source. */
import type { Split } from '../../shared/data/dataset.ts';
import { MersenneTwister } from '../../shared/random/mersenne-twister.ts';

/** The seed of `keras.datasets.imdb.load_data`. */
const KERAS_SEED = 113;
const HOLD_OUT_SEED = 2_014;
const TRAIN_SHARE = 0.8;

/**
 * The order Keras's IMDB loader puts a source's examples in: one generator shuffles the train split, then the test
 * split. It matters, since `validation_split` takes the last part of the train split as it stands.
 * @returns for each place the index in the source's order
 */
export function kerasOrder(trainExamples: number, testExamples: number): Record<Split, Uint32Array> {
  const random = new MersenneTwister(KERAS_SEED);
  const train = random.permutation(trainExamples);
  return { train, test: random.permutation(testExamples) };
}

/** A split for each example of a source that has none: 80 % train, the rest (at least one of two) test. */
export function holdOut(examples: number): Split[] {
  const splits = new Array<Split>(examples).fill('train');
  const test = Math.max(examples > 1 ? 1 : 0, examples - Math.ceil(examples * TRAIN_SHARE));
  const order = new MersenneTwister(HOLD_OUT_SEED).permutation(examples);
  for (const index of order.subarray(0, test)) splits[index] = 'test';
  return splits;
}
