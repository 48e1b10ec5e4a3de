import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fewOutputs } from '../../../../../src/training/ops/dense.ts';
import { solveEverywhere, type Problem } from './against-reference.ts';

function problem(B: number, D: number, F: number): Problem {
  return {
    name: `(${B}, ${D}) to ${F}`,
    shapes: { x: [B, D], kernel: [D, F], bias: [F] },
    run({ x, kernel, bias }) {
      const few = fewOutputs(x as tf.Tensor2D, kernel as tf.Tensor2D, bias as tf.Tensor1D);
      expect(few === null).toBe(tf.getBackend() === 'cpu');
      return few ?? tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias!);
    },
  };
}

const problems = [problem(1, 1, 1), problem(128, 32, 1), problem(5, 7, 4), problem(33, 64, 8)];

describe('few outputs as plain tfjs computes them, the same bits on one thread and on two', () => {
  let check: (index: number) => void;
  beforeAll(async () => {
    check = await solveEverywhere(problems);
  }, 60_000);
  it.each(problems.map(({ name }, index) => ({ name, index })))('$name', ({ index }) => check(index));
});
