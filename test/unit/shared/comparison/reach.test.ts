import { describe, expect, it } from 'vitest';
import {
  normsBySteps,
  reaches,
  reachSentences,
  type Looked,
} from '../../../../src/shared/comparison/reach.ts';
import type { LayerFlow } from '../../../../src/shared/contract/analysis.ts';
import { trainingSchema } from '../../../../src/shared/training.ts';

const run = { training: trainingSchema.parse({}), best: { val_loss: 0.2 } };

/** A look at examples of five steps, all real. */
function look(cell: string, norms: number[], cellNorms?: number[]): Looked {
  const examples = norms.length / 5;
  const layer: LayerFlow = {
    ...{ name: 'layer', cell, units: 1, examples, steps: 5, gates: [] },
    norms: Float32Array.from(norms),
    ...(cellNorms ? { cellNorms: Float32Array.from(cellNorms) } : {}),
    states: new Float32Array(5),
  };
  const example = { index: 0, label: 1, prediction: [0.5], from: 0, to: 5 };
  return {
    ...{ name: 'run', run },
    flow: { layers: [layer], words: null, examples: Array(examples).fill(example) },
  };
}

const sentence = (...given: Parameters<typeof look>) => reachSentences([look(...given)])[0];

describe('how far back a gradient reaches', () => {
  it('is told by the steps in which it halves, of the hidden state and of the cell state', () => {
    const { flow } = look('LSTM', [1, 2, 4, 8, 16], [4, 4, 8, 8, 16]);
    expect(reaches(flow)).toMatchObject([
      { state: 'h', last: 16, farthest: -4, reaching: 1, share: 0.0625, halving: 1, lastAt: 0 },
      { state: 'c', last: 16, farthest: -4, share: 0.25, halving: 2, lastAt: 0 },
    ]);
    expect(sentence('LSTM', [1, 2, 4, 8, 16], [4, 4, 8, 8, 16])).toBe(
      'run, layer: dLoss/dh halves every 1.0 steps back, which leaves 6.3 % of its last norm at −4; ' +
        'dLoss/dc halves every 2.0 steps back, which leaves 25.0 % of its last norm at −4.',
    );
  });

  it('is told from the step before where the last output does not see the cell state', () => {
    const book = look('BookLSTM', [1, 1, 1, 1, 1], [1, 2, 4, 8, 0]);
    expect(reaches(book.flow)[1]).toMatchObject({
      last: 8,
      farthest: -4,
      share: 0.125,
      halving: 1,
      lastAt: -1,
    });
    expect(normsBySteps(book.flow, book.flow.layers[0]!, 'c', 'norm').steps).toEqual([-4, -3, -2, -1]);
    expect(reachSentences([book]).at(-1)).toMatch(/told from the step before/);
  });

  it('is no ratio of zeros, and says why', () => {
    const dead = look('LSTM', [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]);
    expect(reaches(dead.flow)).toMatchObject([
      { last: 0, share: null, halving: null },
      { last: 0, share: null, halving: null },
    ]);
    expect(reachSentences([dead])).toEqual([
      'run, layer: dLoss/dh is zero at the last step; dLoss/dc is zero at the last step.',
      expect.stringMatching(/^A norm of zero at the last step gives no ratio: .*full certainty/),
    ]);
  });

  it('is read from the line that is drawn, in which short examples and large losses weigh no more than others', () => {
    const { flow, ...rest } = look('LSTM', [9, 9, 9, 5, 6, 1, 2, 4, 8, 16, 100, 200, 400, 800, 1600]);
    const short = { ...flow.examples[0]!, from: 3 };
    const mixed = { ...flow, examples: [short, ...flow.examples.slice(1)] };
    const { steps, middle, examples } = normsBySteps(mixed, flow.layers[0]!, 'h', 'share');
    expect({ steps, middle, examples }).toEqual({
      steps: [-4, -3, -2, -1, 0],
      middle: [0.0625, 0.125, 0.25, 0.5, 1],
      examples: [2, 2, 2, 3, 3],
    });
    expect(reaches(mixed)[0]).toMatchObject({
      last: 16,
      share: 0.0625,
      farthest: -4,
      reaching: 2,
      halving: 1,
    });
    expect(reachSentences([{ ...rest, flow: mixed }]).at(-1)).toMatch(
      /ends where fewer than half of them do\.$/,
    );
  });

  it('of a SimpleRNN that hardly fades is not taken for memory, nor is that of a model that guesses', () => {
    const keeps = look('SimpleRNN', [8, 8, 8, 8, 9]);
    const fades = look('SimpleRNN', [1, 2, 4, 8, 16]);
    const lstm = { ...look('LSTM', [0.1, 0.5, 2, 8, 32], [1, 2, 4, 8, 32]), name: 'lstm' };
    const handedOn = /^run: that a SimpleRNN’s gradient hardly fades .* not that it remembers more/;
    const slower =
      /^run, other: that a SimpleRNN’s gradient fades more slowly .* does not say that it remembers more/;
    expect(reachSentences([keeps])).toContainEqual(expect.stringMatching(handedOn));
    expect(reachSentences([fades, { ...fades, name: 'other' }, lstm])).toContainEqual(
      expect.stringMatching(slower),
    );
    expect(reachSentences([fades, lstm])).not.toContainEqual(expect.stringMatching(handedOn));
    expect(reachSentences([fades])).not.toContainEqual(expect.stringMatching(handedOn));
    expect(reachSentences([lstm])).toHaveLength(2);
    const guessing = { ...lstm, run: { ...run, best: { val_loss: 0.69 } } };
    expect(reachSentences([guessing]).at(-1)).toMatch(
      /^lstm: its validation loss was never much below that of guessing/,
    );
  });

  it.each([
    ['died out', [0, 0, 0, 1, 2], 'run, layer: dLoss/dh is exactly zero at −4: it has died out on the way.'],
    [
      'grew',
      [6, 5, 4, 3, 2],
      'run, layer: dLoss/dh does not fade: at −4 its norm is 3.0000 times that at the last step.',
    ],
    ['falls at once', [1, 1, 1, 1, 32], 'run, layer: dLoss/dh falls to 3.1 % of its last norm at −4.'],
    ['stays', [3, 4, 5, 4, 3], 'run, layer: dLoss/dh is as large at −4 as at the last step.'],
    ['is no number', [NaN, NaN, NaN, NaN, NaN], 'run, layer: dLoss/dh is no number.'],
  ])('says so where it %s', (_, norms, expected) => {
    expect(sentence('SimpleRNN', norms)).toBe(expected);
  });
});
