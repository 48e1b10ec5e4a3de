/** The gradient of an embedding whose places are sorted by the device, against one sum a place. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine } from '../../../../../src/training/engines/index.ts';
import type { Engine } from '../../../../../src/training/engines/engine.ts';
import { embedding } from '../../../../../src/training/ops/embedding.ts';
import { RandomStream } from '../../../../../src/training/random.ts';
import { ENGINES_HERE } from '../../../../conformance/engines.ts';

const E = 3;
/** Of sums of up to a thousand numbers around 1. */
const TOLERANCE = 1e-4;

/** Ids of sequences padded in front, half of them padding. */
function padded(count: number, V: number): Int32Array {
  const random = new RandomStream(3, 'ids');
  return Int32Array.from({ length: count }, (_, i) => (i % 100 < 50 ? 0 : random.below(V)));
}

const cases: readonly [what: string, V: number, ids: Int32Array][] = [
  ['one place', 1, Int32Array.of(0)],
  ['a whole piece of one id, and one more', 2, Int32Array.from({ length: 65 }, (_, i) => (i === 3 ? 1 : 0))],
  ['every id once, from the last', 70, Int32Array.from({ length: 70 }, (_, i) => 69 - i)],
  ['one id in several blocks', 7, new Int32Array(2100).fill(5)],
  ['padding, one digit', 200, padded(2500, 200)],
  ['padding, two digits', 10_000, padded(2500, 10_000)],
  ['padding, three digits', 70_000, padded(1500, 70_000)],
];

describe.runIf(ENGINES_HERE.includes('webgpu'))('the gradient of an embedding on webgpu', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await chooseEngine('webgpu');
    await engine.start({ threads: 1 });
  });
  afterAll(() => engine.stop());

  const gradientOf = async (ids: Int32Array, V: number, dy: Float32Array): Promise<Float32Array> => {
    const gradient = tf.tidy(() => {
      const places = tf.tensor2d(ids, [1, ids.length], 'int32');
      const rows = (table: tf.Tensor) => embedding(table as tf.Tensor2D, places);
      return tf.grad(rows)(tf.zeros([V, E]), tf.tensor3d(dy, [1, ids.length, E]));
    });
    const values = await gradient.data<'float32'>();
    gradient.dispose();
    return values;
  };

  it.each(cases)('is the sum of what reaches the places of each id: %s', async (_, V, ids) => {
    const dy = Float32Array.from({ length: ids.length * E }, (_, i) => Math.sin(7 * i));
    const expected = new Float64Array(V * E);
    ids.forEach((id, place) => {
      for (let column = 0; column < E; column++) expected[id * E + column]! += dy[place * E + column]!;
    });
    const found = await gradientOf(ids, V, dy);
    expect(found.findIndex((value, i) => !(Math.abs(value - expected[i]!) < TOLERANCE))).toBe(-1);
    expect(await gradientOf(ids, V, dy)).toEqual(found);
  });
});
