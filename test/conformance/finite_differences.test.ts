/** The float64 cells' backward halves are hand-written; here each is checked against differences of its forward half. */
import { describe, expect, it } from 'vitest';
import { recurrentForward, recurrentLoop } from './float64_loop.ts';
import type { RecurrentGradients, RecurrentProblem } from './float64_loop.ts';
import { randomOutputGradient, randomProblem } from './recurrent_problems.ts';
import type { ProblemShape } from './recurrent_problems.ts';
import { relativeError } from './relative_error.ts';

const STEP = 1e-5;

function differences(
  problem: RecurrentProblem,
  name: keyof RecurrentGradients,
  dOutput: Float32Array,
): Float64Array {
  const values = Float64Array.from(problem[name]!);
  const objective = (): number =>
    recurrentForward({ ...problem, [name]: values }).reduce((sum, value, i) => sum + value * dOutput[i]!, 0);
  return values.map((value, i) => {
    values[i] = value + STEP;
    const above = objective();
    values[i] = value - STEP;
    const below = objective();
    values[i] = value;
    return (above - below) / (2 * STEP);
  });
}

const cells: ProblemShape['attributes'][] = [
  { cell: 'SimpleRNN', units: 3 },
  { cell: 'LSTM', units: 3 },
  { cell: 'GRU', units: 3 },
  { cell: 'GRU', units: 3, resetAfter: false },
  { cell: 'BookLSTM', units: 3 },
  { cell: 'BookLSTM', units: 3, outputSees: 'new' },
];
const runs: Omit<ProblemShape, 'attributes' | 'B' | 'T' | 'D'>[] = [
  {},
  { mask: 'prefix' },
  { mask: 'holes' },
];
const cases = cells.flatMap((cell) =>
  runs.flatMap(({ mask }) =>
    [false, true].map((flag) => ({
      name: `${Object.values(cell).join(' ')}${mask ? `, mask with ${mask}` : ''}${flag ? ', backwards, sequences' : ''}`,
      shape: {
        attributes: { ...cell, goBackwards: flag, returnSequences: flag },
        B: 3,
        T: 4,
        D: 2,
        ...(mask && { mask }),
      },
    })),
  ),
);

describe('the float64 loop has the gradients of its own output', () => {
  it.each(cases)('$name', ({ shape }) => {
    const problem = randomProblem(shape);
    const dOutput = randomOutputGradient(problem);
    const { gradients } = recurrentLoop(problem, dOutput);
    for (const name of ['x', 'kernel', 'recurrentKernel', 'bias', 'carryKernel'] as const) {
      const gradient = gradients[name];
      if (!gradient) continue;
      expect(relativeError(gradient, differences(problem, name, dOutput)), name).toBeLessThan(1e-8);
    }
  });
});
