import { describe, expect, it } from 'vitest';
import { reaches, reachSentences } from '../../../../src/shared/comparison/reach.ts';
import type { Flow, LayerFlow } from '../../../../src/shared/contract/analysis.ts';

/** A look at examples of five steps, all real. */
function look(cell: string, norms: number[], cellNorms?: number[]): { name: string; flow: Flow } {
  const examples = norms.length / 5;
  const layer: LayerFlow = {
    ...{ name: 'layer', cell, units: 1, examples, steps: 5, gates: [] },
    norms: Float32Array.from(norms),
    ...(cellNorms ? { cellNorms: Float32Array.from(cellNorms) } : {}),
    states: new Float32Array(5),
  };
  const example = { index: 0, label: 1, prediction: [0.5], from: 0, to: 5 };
  return { name: 'run', flow: { layers: [layer], words: null, examples: Array(examples).fill(example) } };
}

const sentence = (...given: Parameters<typeof look>) => reachSentences([look(...given)])[0];

describe('how far back a gradient reaches', () => {
  it('is told by the steps in which it halves, of the hidden state and of the cell state', () => {
    const { flow } = look('LSTM', [1, 2, 4, 8, 16], [4, 4, 8, 8, 16]);
    expect(reaches(flow)).toMatchObject([
      { state: 'h', last: 16, first: 1, share: 0.0625, halving: 1, from: 0 },
      { state: 'c', last: 16, first: 4, share: 0.25, halving: 2, from: 0 },
    ]);
    expect(sentence('LSTM', [1, 2, 4, 8, 16], [4, 4, 8, 8, 16])).toBe(
      'run, layer: dLoss/dh halves every 1.0 steps back, which leaves 6.3 % of its last norm at the first step; ' +
        'dLoss/dc halves every 2.0 steps back, which leaves 25.0 % of its last norm at the first step.',
    );
  });

  it('is told from the step before where the last output does not see the cell state', () => {
    const { flow, name } = look('BookLSTM', [1, 1, 1, 1, 1], [1, 2, 4, 8, 0]);
    expect(reaches(flow)[1]).toMatchObject({ last: 8, first: 1, share: 0.125, halving: 1, from: 1 });
    expect(reachSentences([{ name, flow }]).at(-1)).toMatch(/told from the step before/);
  });

  it('is no ratio of zeros, and says why', () => {
    const { flow, name } = look('LSTM', [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]);
    expect(reaches(flow)).toMatchObject([
      { last: 0, share: null, halving: null },
      { last: 0, share: null, halving: null },
    ]);
    expect(reachSentences([{ name, flow }])).toEqual([
      'run, layer: dLoss/dh is zero at the last step; dLoss/dc is zero at the last step.',
      expect.stringMatching(/^A norm of zero at the last step gives no ratio: .*full certainty/),
    ]);
  });

  it.each([
    [
      'died out',
      [0, 0, 0, 1, 2],
      'run, layer: dLoss/dh is exactly zero at the first step: it has died out on the way.',
    ],
    [
      'grew',
      [6, 5, 4, 3, 2],
      'run, layer: dLoss/dh does not fade: at the first step its norm is 3.0000 times that at the last.',
    ],
    [
      'falls at once',
      [1, 1, 1, 1, 32],
      'run, layer: dLoss/dh falls to 3.1 % of its last norm at the first step.',
    ],
    ['stays', [3, 4, 5, 4, 3], 'run, layer: dLoss/dh is as large at the first step as at the last.'],
    ['is no number', [NaN, NaN, NaN, NaN, NaN], 'run, layer: dLoss/dh is no number.'],
  ])('says so where it %s', (_, norms, expected) => {
    expect(sentence('SimpleRNN', norms)).toBe(expected);
  });
});
