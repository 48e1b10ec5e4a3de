import { beforeAll, describe, it } from 'vitest';
import { normalization } from '../../../../../src/training/ops/normalization.ts';
import { solveEverywhere, type Problem } from './against-reference.ts';

function rows(shape: number[], epsilon: number, weights: { gamma?: boolean; beta?: boolean } = {}): Problem {
  const D = shape.at(-1)!;
  const { gamma = true, beta = true } = weights;
  return {
    name: `(${shape.join(', ')}), epsilon ${epsilon}, gamma ${gamma}, beta ${beta}`,
    shapes: { x: shape, ...(gamma && { gamma: [D] }), ...(beta && { beta: [D] }) },
    // A mean far from zero.
    prepare: (values, name) => name === 'x' && values.forEach((value, i) => (values[i] = value + 3)),
    run: (given) =>
      normalization({ x: given.x!, gamma: given.gamma ?? null, beta: given.beta ?? null }, epsilon),
  };
}

const problems = [
  rows([2, 5, 8], 0.001),
  rows([2, 5, 11], 0.001),
  rows([1, 300, 32], 1e-5),
  rows([3, 7, 3], 0.01, { gamma: false }),
  rows([3, 7, 40], 0.01, { beta: false }),
  rows([3, 7, 9], 0.01, { gamma: false, beta: false }),
  rows([6, 13], 0.001),
  rows([4, 1, 1], 0.001),
];

describe('layer normalization as the reference computes it, the same bits on one thread and on two', () => {
  let check: (index: number) => void;
  beforeAll(async () => {
    check = await solveEverywhere(problems);
  }, 60_000);
  it.each(problems.map(({ name }, index) => ({ name, index })))('$name', ({ index }) => check(index));
});
