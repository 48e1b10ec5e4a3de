/** Examples that cost an engine what real ones do: reviews of many lengths in the words of a vocabulary, or rows of numbers. */
import type { ModelGraph } from '../shared/graph/graph.ts';
import { Examples } from './data.ts';
import { RandomStream } from './random.ts';

/** Steps of a sequence where the model takes any number: the lecture's. */
const USUAL_STEPS = 500;
/** Ids where the model says nothing of its vocabulary: the lecture's. */
const USUAL_VOCABULARY = 10_000;

/** The deciles of the lengths of IMDB's reviews, cut to the lecture's 500 steps, as shares of these: 221 words in the mean. */
const LENGTHS = [0.02, 0.184, 0.244, 0.272, 0.308, 0.354, 0.418, 0.512, 0.66, 0.932, 1];

/** The share of the steps that a sequence fills, by a number that is uniform in [0, 1). */
function shareOfSteps(uniform: number): number {
  const at = uniform * (LENGTHS.length - 1);
  const decile = Math.floor(at);
  const [low, high] = [LENGTHS[decile]!, LENGTHS[decile + 1]!];
  return low + (at - decile) * (high - low);
}

/**
 * So many examples of two classes for a model. An id is as frequent as its rank says (Zipf), which is how text has it: of IMDB's
 * words 22 % have an id below 10, 51 % below 100 and 77 % below 1000, here 25 %, 50 % and 75 %.
 */
export function madeUpExamples(graph: ModelGraph, count: number): Examples {
  const { config } = graph.nodes.find(({ type }) => type === 'Input')!;
  const [T, ...rest] = config['shape'] as (number | null)[];
  const maxlen = T ?? USUAL_STEPS;
  const width = config['dtype'] === 'int32' ? null : rest.reduce<number>((all, size) => all * (size ?? 1), 1);
  const V = vocabularyOf(graph);
  const random = new RandomStream(1, 'benchmark');
  const words = () =>
    Int32Array.from({ length: Math.max(1, Math.round(maxlen * shareOfSteps(random.uniform()))) }, () =>
      Math.min(V - 1, Math.floor(V ** random.uniform())),
    );
  const numbers = (size: number) => Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
  const sequences = Array.from({ length: count }, () => (width === null ? words() : numbers(maxlen * width)));
  const labels = Float32Array.from(sequences, (_, i) => i % 2);
  return new Examples({ sequences, labels, maxlen }, 'pre', width);
}

/** How many ids every embedding of a model has. */
function vocabularyOf({ nodes }: ModelGraph): number {
  const sizes = nodes.map(({ config }) => config['input_dim']).filter((size) => typeof size === 'number');
  return sizes.length === 0 ? USUAL_VOCABULARY : Math.min(...sizes);
}
