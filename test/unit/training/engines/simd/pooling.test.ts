import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { convolution } from '../../../../../src/training/ops/convolution.ts';
import { embedding } from '../../../../../src/training/ops/embedding.ts';
import { globalAveragePooling, globalMaxPooling } from '../../../../../src/training/ops/global-pooling.ts';
import { normalization } from '../../../../../src/training/ops/normalization.ts';
import { maxPooling, type PoolingAttributes } from '../../../../../src/training/ops/pooling.ts';
import { recurrent, type RecurrentAttributes } from '../../../../../src/training/ops/recurrent.ts';
import { paddedIds, solveEverywhere, type Problem } from './against-reference.ts';

const pooled = (
  size: number,
  strides = size,
  padding: PoolingAttributes['padding'] = 'valid',
): PoolingAttributes => ({
  size,
  strides,
  padding,
});
const named = ({ size, strides, padding }: PoolingAttributes) =>
  `size ${size}, strides ${strides}, ${padding}`;

function dense(shape: [number, number, number], attributes: PoolingAttributes): Problem {
  return {
    name: `values (${shape.join(', ')}), ${named(attributes)}`,
    shapes: { x: shape },
    run: ({ x }) => maxPooling(x as tf.Tensor3D, attributes),
  };
}

const V = 9;
const units: RecurrentAttributes = {
  ...{ cell: 'LSTM', units: 5, activation: 'tanh', recurrentActivation: 'sigmoid', returnSequences: false },
  ...{ goBackwards: false, resetAfter: false, outputSees: 'old' },
};

/** Padded tokens through convolution and pooling, and a recurrent layer or a second convolution behind them. */
function chain(
  [B, T]: [number, number],
  attributes: PoolingAttributes,
  behind: Partial<RecurrentAttributes> | 'convolution' | null,
  padding: 'valid' | 'same' | 'causal' = 'valid',
): Problem {
  const valid = { strides: 1, padding, dilation: 1, activation: 'tanh' };
  const shapes = { table: [V, 8], kernel: [4, 8, 11], bias: [11] };
  return {
    name: `tokens (${B}, ${T}), ${padding} convolution, ${named(attributes)}, ${JSON.stringify(behind)}`,
    shapes: {
      ...shapes,
      ...(behind === 'convolution' && { next: [2, 11, 6] }),
      ...(behind && behind !== 'convolution' && { w: [11, 20], r: [5, 20], b: [20] }),
    },
    ids: () => paddedIds(B, T, V),
    run: ({ table, kernel, bias, next, w, r, b }, ids) => {
      const y = convolution({ x: embedding(table as tf.Tensor2D, ids), kernel, bias } as never, valid);
      const x = maxPooling(y, attributes);
      if (behind === null) return x;
      if (behind === 'convolution') return convolution({ x, kernel: next, bias: null } as never, valid);
      const layer = { x, kernel: w, recurrentKernel: r, bias: b, carryKernel: null, mask: null };
      return recurrent(layer as never, { ...units, ...behind } as RecurrentAttributes);
    },
  };
}

/** What reads the states of every step of a recurrent layer on padded tokens. */
function states(
  name: string,
  [B, T]: [number, number],
  behind: (y: tf.Tensor3D, w: tf.Tensor) => tf.Tensor,
  goBackwards = false,
): Problem {
  return {
    name: `states (${B}, ${T})${goBackwards ? ' backwards' : ''} to ${name}`,
    shapes: { table: [V, 8], w: [8, 20], r: [5, 20], b: [20], next: [1, 5, 9] },
    ids: () => paddedIds(B, T, V),
    run: ({ table, w, r, b, next }, ids) => {
      const x = embedding(table as tf.Tensor2D, ids);
      const layer = { x, kernel: w, recurrentKernel: r, bias: b, carryKernel: null, mask: null };
      const attributes = { ...units, returnSequences: true, goBackwards } as RecurrentAttributes;
      return behind(recurrent(layer as never, attributes) as tf.Tensor3D, next!);
    },
  };
}
const everyStep = { strides: 1, padding: 'valid', dilation: 1, activation: 'relu' } as const;
const dense1 = (x: tf.Tensor3D, kernel: tf.Tensor) =>
  convolution({ x, kernel, bias: null } as never, everyStep);
const normalized = (y: tf.Tensor3D) => normalization({ x: y, gamma: null, beta: null }, 0.01);

/** Everything over time of padded tokens at once, behind a convolution or straight from the embedding. */
function global(
  kind: 'max' | 'average',
  source: 'values' | 'tokens' | 'convolution',
  masked = false,
): Problem {
  const [B, T] = [5, 33];
  return {
    name: `global ${kind} of ${source}${masked ? ', masked' : ''}`,
    shapes:
      source === 'values'
        ? { x: [B, T, 11] }
        : { x: [V, 11], ...(source === 'convolution' && { k: [3, 11, 7] }) },
    // Few different numbers, so that some columns have several largest ones.
    prepare: (values) => values.forEach((value, i) => (values[i] = Math.round(value * 4) / 4)),
    ids: () => paddedIds(B, T, V),
    run: ({ x, k }, ids) => {
      const steps = source === 'values' ? x! : embedding(x as tf.Tensor2D, ids);
      const relu = { strides: 1, padding: 'valid', dilation: 1, activation: 'relu' } as const;
      const y = (k ? convolution({ x: steps, kernel: k, bias: null } as never, relu) : steps) as tf.Tensor3D;
      if (kind === 'max') return globalMaxPooling(y);
      const real = Int32Array.from({ length: B * T }, (_, i) => Number(i % 3 > 0));
      return globalAveragePooling(y, masked ? tf.tensor2d(real, [B, T], 'bool') : null);
    },
  };
}

const problems: Problem[] = [
  states('a dense layer', [5, 33], dense1),
  states('a dense layer', [70, 20], dense1),
  states('a dense layer and the largest', [40, 33], (y, w) => globalMaxPooling(dense1(y, w))),
  states('a dense layer', [5, 33], dense1, true),
  states('a dense layer, flattened', [7, 6], (y, w) =>
    dense1(tf.reshape(y, [1, 7, 30]), tf.tile(w, [1, 6, 1])),
  ),
  states('layer normalization and the mean', [40, 33], (y, w) =>
    globalAveragePooling(tf.add(normalized(y), tf.mul(tf.sum(w), 0)), null),
  ),
  states('max pooling', [40, 33], (y, w) => dense1(maxPooling(y, pooled(3)), w)),
  global('max', 'values'),
  global('max', 'tokens'),
  global('max', 'convolution'),
  global('average', 'values'),
  global('average', 'values', true),
  global('average', 'tokens'),
  global('average', 'convolution'),
  dense([3, 11, 5], pooled(2)),
  dense([1, 1, 1], pooled(1)),
  dense([2, 40, 24], pooled(5)),
  dense([3, 13, 8], pooled(4, 2)),
  dense([3, 13, 8], pooled(2, 3)),
  dense([3, 14, 9], pooled(5, 3, 'same')),
  dense([3, 14, 9], pooled(3, 1, 'same')),
  dense([4, 7, 6], pooled(9, 9, 'same')),
  chain([6, 40], pooled(5), null),
  chain([6, 40], pooled(3, 2), null),
  chain([6, 40], pooled(3, 4, 'same'), null),
  chain([40, 61], pooled(5), {}),
  chain([6, 40], pooled(3, 1), {}),
  chain([6, 40], pooled(4, 3, 'same'), { returnSequences: true }),
  chain([6, 40], pooled(2), { goBackwards: true }),
  chain([6, 40], pooled(2), {}, 'same'),
  chain([6, 40], pooled(3), {}, 'causal'),
  chain([6, 40], pooled(2), 'convolution'),
  chain([6, 40], pooled(5, 2), 'convolution', 'same'),
  chain([6, 40], pooled(5, 2), 'convolution', 'causal'),
];

describe('pooling as the reference computes it, the same bits on one thread and on two', () => {
  let check: (index: number) => void;
  beforeAll(async () => {
    check = await solveEverywhere(problems);
  }, 120_000);
  it.each(problems.map(({ name }, index) => ({ name, index })))('$name', ({ index }) => check(index));
});
