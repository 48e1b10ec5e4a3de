import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { convolution, type ConvolutionAttributes } from '../../../../../src/training/ops/convolution.ts';
import { embedding } from '../../../../../src/training/ops/embedding.ts';
import { paddedIds, solveEverywhere, type Problem } from './against-reference.ts';

interface Sizes {
  B: number;
  T: number;
  D: number;
  K: number;
  F: number;
}

const [tanh, relu, linear, sigmoid, elu] = ['tanh', 'relu', 'linear', 'sigmoid', 'elu'];

function attributes(changes: Partial<ConvolutionAttributes>): ConvolutionAttributes {
  return { strides: 1, padding: 'valid', dilation: 1, activation: 'linear', ...changes };
}

const described = (
  { B, T, D, K, F }: Sizes,
  { strides, padding, dilation, activation }: ConvolutionAttributes,
) =>
  `B ${B}, T ${T}, D ${D}, K ${K}, F ${F}: ${padding}, strides ${strides}, dilation ${dilation}, ${activation}`;

/** Convolution of dense values. */
function dense(sizes: Sizes, changes: Partial<ConvolutionAttributes> = {}, useBias = true): Problem {
  const { B, T, D, K, F } = sizes;
  const settings = attributes(changes);
  return {
    name: described(sizes, settings),
    shapes: { x: [B, T, D], kernel: [K, D, F], ...(useBias && { bias: [F] }) },
    run: ({ x, kernel, bias }) => convolution({ x, kernel, bias: bias ?? null } as never, settings),
  };
}

/** Convolution of the tokens of an embedding, V of them; few, so that their products are worth a table. */
function tokens(sizes: Sizes, changes: Partial<ConvolutionAttributes> = {}, V = 7): Problem {
  const { B, T, D, K, F } = sizes;
  const settings = attributes(changes);
  return {
    name: `${V} tokens, ${described(sizes, settings)}`,
    shapes: { table: [V, D], kernel: [K, D, F], bias: [F] },
    ids: () => paddedIds(B, T, V),
    run: ({ table, kernel, bias }, ids) => {
      const x = embedding(table as tf.Tensor2D, ids);
      return convolution({ x, kernel, bias } as never, settings);
    },
  };
}

const small: Sizes = { B: 3, T: 11, D: 5, K: 3, F: 6 };
const problems: Problem[] = [
  dense(small),
  dense(small, { activation: relu! }, false),
  dense({ B: 1, T: 1, D: 1, K: 1, F: 1 }, { activation: tanh! }),
  dense({ B: 4, T: 9, D: 8, K: 9, F: 8 }, { activation: relu! }),
  dense({ B: 2, T: 700, D: 16, K: 5, F: 24 }, { activation: tanh! }),
  dense({ B: 5, T: 40, D: 33, K: 4, F: 17 }, { padding: 'same', activation: sigmoid! }),
  dense({ B: 5, T: 40, D: 9, K: 4, F: 17 }, { padding: 'causal', activation: elu! }),
  dense({ B: 3, T: 23, D: 4, K: 5, F: 8 }, { strides: 2 }),
  dense({ B: 3, T: 23, D: 4, K: 2, F: 8 }, { strides: 5, activation: relu! }),
  dense({ B: 3, T: 22, D: 4, K: 5, F: 8 }, { strides: 3, padding: 'same' }),
  dense({ B: 3, T: 22, D: 4, K: 1, F: 8 }, { strides: 3, padding: 'causal' }),
  dense({ B: 3, T: 25, D: 6, K: 3, F: 8 }, { dilation: 4, activation: relu! }),
  dense({ B: 3, T: 25, D: 6, K: 3, F: 8 }, { dilation: 3, padding: 'same' }),
  dense({ B: 2, T: 9, D: 6, K: 4, F: 3 }, { dilation: 5, padding: 'causal' }),
  dense({ B: 40, T: 30, D: 12, K: 1, F: 10 }, { activation: relu! }),
  tokens({ B: 5, T: 30, D: 8, K: 5, F: 16 }, { activation: relu! }),
  tokens({ B: 9, T: 50, D: 12, K: 4, F: 11 }, { activation: tanh! }),
  tokens({ B: 4, T: 30, D: 8, K: 1, F: 8 }),
  tokens({ B: 4, T: 30, D: 8, K: 30, F: 8 }),
  tokens({ B: 6, T: 31, D: 10, K: 4, F: 8 }, { padding: 'same', activation: relu! }),
  tokens({ B: 6, T: 31, D: 10, K: 4, F: 8 }, { padding: 'causal', activation: linear! }),
  tokens({ B: 6, T: 32, D: 10, K: 5, F: 8 }, { strides: 3 }),
  tokens({ B: 6, T: 32, D: 10, K: 2, F: 8 }, { strides: 5, padding: 'same', activation: relu! }),
  tokens({ B: 6, T: 32, D: 10, K: 3, F: 8 }, { dilation: 2, activation: relu! }),
  tokens({ B: 2, T: 6, D: 8, K: 3, F: 8 }, {}, 400),
  tokens({ B: 40, T: 90, D: 16, K: 5, F: 24 }, { activation: relu! }, 600),
];

describe('convolution as the reference computes it, the same bits on one thread and on two', () => {
  let check: (index: number) => void;
  beforeAll(async () => {
    check = await solveEverywhere(problems);
  }, 120_000);
  it.each(problems.map(({ name }, index) => ({ name, index })))('$name', ({ index }) => check(index));
});
