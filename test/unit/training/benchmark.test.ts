/** The ten-second benchmark trains on what costs an engine as much as real examples do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingSchema } from '../../../src/shared/training.ts';
import { examplesPerSecond } from '../../../src/training/benchmark.ts';
import { Examples } from '../../../src/training/data.ts';
import { simdEngine } from '../../../src/training/engines/simd/index.ts';
import { Learner, targetsOf } from '../../../src/training/learner.ts';
import { madeUpExamples } from '../../../src/training/made-up-examples.ts';
import { Model } from '../../../src/training/model.ts';
import { tinyGraph } from './tiny.ts';

const T = 200;
const V = 10_000;
const B = 64;

const graph = tinyGraph(['LSTM', { units: 32 }]);
graph.nodes[0]!.config = { shape: [T], dtype: 'int32' };
graph.nodes[1]!.config = { input_dim: V, output_dim: 32 };
const training = trainingSchema.parse({ batch_size: B });
const all = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);

beforeAll(() => simdEngine.start({ threads: 2 }));
afterAll(() => simdEngine.stop());

describe('made-up examples', () => {
  it('are words of the vocabulary, as often as text has them, behind padding of many lengths', async () => {
    const examples = madeUpExamples(graph, 4 * B);
    const inputs = examples.inputs(all(4 * B), 0, 4 * B);
    const ids = await inputs.data<'int32'>();
    const words = ids.filter((id) => id > 0);
    expect(inputs.shape).toEqual([4 * B, T]);
    expect(Math.max(...ids)).toBeLessThan(V);
    expect(new Set(words).size).toBeGreaterThan(1000);
    // Of IMDB's words and steps: half are among the hundred most frequent, 221 of 500 steps are words.
    expect(words.filter((id) => id < 100).length / words.length).toBeCloseTo(0.5, 1);
    expect(words.length / ids.length).toBeCloseTo(0.44, 1);
    const first = ids.findIndex((id) => id > 0);
    expect([...ids.subarray(first, T)].every((id) => id > 0)).toBe(true);
    inputs.dispose();
    examples.dispose();
  });

  it('are ids of the smallest vocabulary, and numbers in rows where the model reads those', async () => {
    const least = tinyGraph(['LSTM', { units: 2 }]);
    least.nodes[1]!.config['input_dim'] = 1;
    const one = madeUpExamples(least, 2);
    expect(new Set(await one.inputs(all(2), 0, 2).data())).toEqual(new Set([0]));
    least.nodes[0]!.config = { shape: [null, 3], dtype: 'float32' };
    const numbers = madeUpExamples(least, 2).inputs(all(2), 0, 2);
    expect(numbers.shape).toEqual([2, 500, 3]);
    expect(new Set(await numbers.data()).size).toBeGreaterThan(2900);
  });
});

it('measures about what steps on other examples of such lengths take', async () => {
  const examples = reviews(10 * B);
  const learner = new Learner(new Model(graph, 1), training);
  const order = all(10 * B);
  let begun = 0;
  for (let batch = 0; batch < 10; batch++) {
    if (batch === 2) begun = performance.now();
    const [from, to] = [batch * B, (batch + 1) * B];
    const targets = targetsOf(examples.labelsOf(order, from, to), 1, training.loss);
    await learner.trainBatch(examples.inputs(order, from, to), targets, 0, batch);
  }
  const real = (8 * B) / ((performance.now() - begun) / 1000);
  learner.dispose();
  examples.dispose();
  const measured = await examplesPerSecond(graph, training, 0.5, simdEngine);
  // Sequences without words were up to thirteen times as fast.
  expect(measured / real).toBeGreaterThan(1 / 4);
  expect(measured / real).toBeLessThan(4);
}, 30_000);

/** Lengths from 10 to 200 and words of the whole vocabulary, by counting on. */
function reviews(count: number): Examples {
  let id = 0;
  const sequences = Array.from({ length: count }, (_, i) =>
    Int32Array.from({ length: 10 + ((i * 67) % (T - 10)) }, () => 1 + ((id += 7919) % (V - 1))),
  );
  return new Examples(
    { sequences, labels: Float32Array.from(sequences, (_, i) => i % 2), maxlen: T },
    'pre',
    null,
  );
}
